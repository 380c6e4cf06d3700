using Microsoft.Extensions.DependencyInjection;

namespace Corral.Cli.Serving;

/// <summary>How a server is started.</summary>
/// <param name="Flags">Options of the command line, by configuration path; they win over file and environment.</param>
/// <param name="ForPeople">Log to the console, serve TCP: <c>corral up</c>. Else the server lives as long as one command, and its socket is all it serves.</param>
internal sealed record ServerMode(IReadOnlyDictionary<string, string?> Flags, bool ForPeople)
{
    /// <summary>Adds services after all others: measurements put parts of their own in place.</summary>
    public Action<IServiceCollection>? AlsoAdd { get; init; }
}
