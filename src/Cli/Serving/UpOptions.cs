using System.Net;

namespace Corral.Cli.Serving;

/// <summary>The section <c>Up</c>: what <c>corral up</c> decides by itself; each room has its own section.</summary>
internal sealed class UpOptions
{
    public const string Section = "Up";

    /// <summary>Stands for no address: the unix socket alone.</summary>
    public const string Nowhere = "none";

    /// <summary>Where the HTTP API listens: <c>ADDRESS:PORT</c>, port 0 for any free one, or <c>none</c> for the unix socket alone; default <c>127.0.0.1:7070</c>.</summary>
    public string Listen { get; set; } = "127.0.0.1:7070";

    /// <summary>The address; null where there is none.</summary>
    public IPEndPoint? ListenOn => IPEndPoint.TryParse(Listen, out var address) ? address : null;
}
