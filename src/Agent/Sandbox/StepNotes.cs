using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Corral.Agent.Init;
using Corral.Shared.Jobs;

namespace Corral.Agent.Sandbox;

/// <summary>What the launcher notes down of a step, to and from the agent's own terms.</summary>
internal static unsafe class StepNotes
{
    public static StepNote Write(StepLaunch launch, in StepMemo memo, long dispatchedNs, long wallDeadlineNs)
    {
        var note = new StepNote
        {
            Attempt = launch.Attempt.Number,
            StepIndex = launch.StepIndex,
            DispatchedNs = dispatchedNs,
            WallDeadlineNs = wallDeadlineNs,
            Workspace = (ulong)(launch.Workspace?.Workspace.Id ?? 0),
            WorkspaceReadOnly = launch.Workspace is { ReadOnly: true } ? 1 : 0,
            MemoLength = Unsafe.SizeOf<StepMemo>(),
        };
        launch.Attempt.Job.Value.TryWriteBytes(new Span<byte>(note.Job, 16), bigEndian: true, out _);
        MemoryMarshal.Write(new Span<byte>(note.Memo, Init.Protocol.MemoBytes), in memo);
        return note;
    }

    public static AttemptId Attempt(in StepNote note)
    {
        fixed (byte* job = note.Job)
            return new AttemptId(new JobId(new Guid(new ReadOnlySpan<byte>(job, 16), bigEndian: true)), note.Attempt);
    }

    public static StepMemo Memo(in StepNote note)
    {
        fixed (byte* memo = note.Memo)
            return MemoryMarshal.Read<StepMemo>(new ReadOnlySpan<byte>(memo, Init.Protocol.MemoBytes));
    }
}
