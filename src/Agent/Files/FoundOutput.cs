namespace Corral.Agent.Files;

/// <summary>A path that matches an output pattern.</summary>
/// <param name="Path">Relative to the workspace's root.</param>
/// <param name="Problem">Why it is not kept; null where it may be.</param>
internal sealed record FoundOutput(string Path, string? Problem);
