namespace Corral.Agent.Init;

/// <summary>The numbers of the agent's StartPhase.</summary>
internal static class StartPhases
{
    public const int Stdio = 1, Credentials = 2, Workspace = 3, Files = 4, WorkingDirectory = 5, Limits = 6, Exec = 7, Fork = 8, Message = 9, Lease = 10, Scratch = 11;
}
