namespace Corral.Shared.Jobs;

/// <summary>One command of a job, run in a sandbox of its own.</summary>
public sealed record StepSpec
{
    /// <summary>Unique in the job, same form as a tenant; default <c>stepN</c>, N from 1.</summary>
    public required string Name { get; init; }
    /// <summary>The rootfs: <c>host</c> (default) is the agent's own /usr, read-only, over a generated skeleton.</summary>
    public string Image { get; init; } = "host";
    /// <summary>argv: 1–4,096 non-empty first entry; no NUL; 128 KiB together with the environment. Without a slash the first entry is looked up in PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }
    /// <summary>The environment, added to and overriding PATH, HOME=/box, LANG=C.UTF-8 and TMPDIR=/tmp.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();
    /// <summary>What the command reads; null is an empty input.</summary>
    public Content? Stdin { get; init; }
    /// <summary>Written into <c>/box</c> before the command starts, by the sandbox itself and on its own account.</summary>
    public IReadOnlyList<InputFile> Files { get; init; } = [];
    /// <summary>Glob patterns beneath <c>/box</c> (<c>*</c>, <c>?</c>, <c>**/</c>) of regular files kept after the step: at most 64.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
    /// <summary>Steps that must have Succeeded before this one starts. Null: the step before it in the list. Empty: none.</summary>
    public IReadOnlyList<string>? Needs { get; init; }
    /// <summary>Steps with the same parallel group may run at once if their needs allow: true lets this step run beside others; its limits are then summed in the reservation.</summary>
    public bool Parallel { get; init; }
    /// <summary>What is mounted at <c>/box</c>.</summary>
    public Workspace Workspace { get; init; } = Workspace.Shared;
    /// <summary>What stdout is compared with; null compares nothing.</summary>
    public Expectation? Expect { get; init; }
    /// <summary>The most it may use.</summary>
    public ResourceLimits Limits { get; init; } = new();
}
