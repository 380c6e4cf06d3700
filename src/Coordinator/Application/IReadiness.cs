namespace Corral.Coordinator.Application;

/// <summary>Whether the coordinator can do its work.</summary>
internal interface IReadiness
{
    /// <summary>Every check with its result. Alive without being ready is normal, for instance without an agent.</summary>
    Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>One check.</summary>
/// <param name="Name"><c>store</c>, <c>bus</c> or <c>agents</c>.</param>
/// <param name="Ready">The result.</param>
/// <param name="Needed">Whether the coordinator cannot acknowledge jobs without it.</param>
/// <param name="Detail">A sentence.</param>
internal sealed record ReadinessCheck(string Name, bool Ready, bool Needed, string Detail);
