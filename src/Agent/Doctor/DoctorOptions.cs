namespace Corral.Agent.Doctor;

/// <summary>What the agent that is examined is set to.</summary>
internal sealed record DoctorOptions
{
    /// <summary>The agent's state folder.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The launcher's executable.</summary>
    public string LauncherPath { get; init; } = Path.Combine(AppContext.BaseDirectory, "corral-init");

    /// <summary>The first uid and gid of the agent's range.</summary>
    public required int FirstUserId { get; init; }

    /// <summary>How many ids the range has.</summary>
    public required int UserCount { get; init; }

    /// <summary>The most open files that a step may ask for, <c>openFiles</c>.</summary>
    public int MostOpenFiles { get; init; } = 256;

    /// <summary>For an agent with these options.</summary>
    public static DoctorOptions For(AgentOptions options) =>
        new() { StateDirectory = options.StateDirectory, FirstUserId = options.FirstUserId, UserCount = options.UserIds };
}
