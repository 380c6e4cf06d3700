using Corral.Cli.Serving;

namespace Corral.Cli.Client;

/// <summary>Where a coordinator is and the key to it.</summary>
/// <param name="Url"><c>http://HOST:PORT</c>, <c>https://…</c> or <c>unix:/PATH</c>.</param>
/// <param name="Key">The API key; null sends none.</param>
internal sealed record Endpoint(string Url, string? Key)
{
    private const string UnixPrefix = "unix:";

    /// <summary>The socket's path where the URL names one.</summary>
    public string? SocketPath => Url.StartsWith(UnixPrefix, StringComparison.Ordinal) ? Url[UnixPrefix.Length..] : null;

    /// <summary>What requests are relative to; over a socket the host's name says nothing.</summary>
    public Uri BaseAddress => SocketPath is null ? new Uri(Url.TrimEnd('/') + "/") : new Uri("http://localhost/");

    /// <summary>The named coordinator, else the one that serves the state folder now, else null.</summary>
    public static Endpoint? Find(string? url, string? key, StateFolder state)
    {
        if (url is not null)
        {
            if (!url.StartsWith(UnixPrefix, StringComparison.Ordinal) && !(Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"))
                throw new UserError($"'{url}' is not the URL of a coordinator: give http://HOST:PORT, https://HOST or unix:/PATH.");
            return new Endpoint(url, key ?? StateFolder.ReadLine(state.KeyFile));
        }

        // The file stays behind when a coordinator is killed; whoever answers there then is told by the connection.
        return StateFolder.ReadLine(state.UrlFile) is { } served ? new Endpoint(served, key ?? StateFolder.ReadLine(state.KeyFile)) : null;
    }
}
