using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>A file that the sandbox writes for itself beneath <c>/box</c>, as the step's user and on the step's own account.</summary>
/// <param name="Path">Relative to <c>/box</c>; missing parents are made; links are never followed.</param>
/// <param name="Executable">Mode 0755 instead of 0644.</param>
/// <param name="Content">Read with pread; many files may share one handle.</param>
/// <param name="Offset">Where the content begins, bytes.</param>
/// <param name="Length">How long it is, bytes.</param>
internal sealed record StepFile(string Path, bool Executable, SafeFileHandle Content, long Offset, long Length);
