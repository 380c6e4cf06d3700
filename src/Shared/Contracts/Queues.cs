namespace Corral.Shared.Contracts;

/// <summary>The names of the queues between the rooms.</summary>
public static class Queues
{
    /// <summary>Where agents send everything they say.</summary>
    public const string Reports = "reports";

    /// <summary>Where one agent receives its orders.</summary>
    /// <param name="agentId">The agent's name.</param>
    public static string Agent(string agentId) => $"agent.{agentId}";
}
