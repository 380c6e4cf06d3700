namespace Corral.Shared.Jobs;

/// <summary>One workspace of an attempt.</summary>
/// <param name="FirstStep">The step that is first to use it, whose limits give its size, also where that step is skipped in the end.</param>
/// <param name="Bytes">Its size, <see cref="ResourceLimits.ScratchBytes"/> of that step.</param>
/// <param name="Inodes">Its inodes, <see cref="ResourceLimits.ScratchInodes"/> of that step.</param>
/// <param name="OutlivesStep">It is used by more than one step, so its size is reserved beside their memory.</param>
/// <param name="Frozen">Another step reads it: it is frozen once the step named there has ended.</param>
public readonly record struct PlannedWorkspace(int FirstStep, long Bytes, long Inodes, bool OutlivesStep, bool Frozen);
