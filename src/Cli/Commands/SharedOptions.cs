using System.CommandLine;
using Corral.Cli.Client;
using Corral.Cli.Serving;

namespace Corral.Cli.Commands;

/// <summary>The options that every command takes.</summary>
internal static class SharedOptions
{
    private static readonly Option<string?> Folder = new("--state-folder")
    {
        Description = "The state folder (CORRAL_STATE; default /var/lib/corral, for the demo .corral in the checkout)",
        HelpName = "folder",
        Recursive = true,
    };

    private static readonly Option<string?> Url = new("--url")
    {
        Description = "The coordinator: http://HOST:PORT or unix:/PATH (CORRAL_URL; default: the one that serves the state folder)",
        HelpName = "url",
        Recursive = true,
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "The API key (CORRAL_KEY; default: the state folder's api-key)",
        HelpName = "key",
        Recursive = true,
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print JSON, as the API gives it, instead of text for people",
        Recursive = true,
    };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Folder);
        root.Options.Add(Url);
        root.Options.Add(Key);
        root.Options.Add(Json);
    }

    public static bool WantsJson(this ParseResult line) => line.GetValue(Json);

    public static StateFolder StateFolder(this ParseResult line) =>
        new(line.GetValue(Folder) ?? Variable("CORRAL_STATE") ?? Serving.StateFolder.DefaultPath);

    /// <summary>The coordinator that the caller named, or that serves the state folder; null where there is neither.</summary>
    public static Endpoint? FindEndpoint(this ParseResult line) =>
        Endpoint.Find(line.GetValue(Url) ?? Variable("CORRAL_URL"), line.GetValue(Key) ?? Variable("CORRAL_KEY"), line.StateFolder());

    public static CorralClient Connect(this ParseResult line) =>
        new(line.FindEndpoint() ?? throw new UserError(
            $"no coordinator serves the state folder '{line.StateFolder().Path}'. Start one with 'corral up', or name another with --url and --key (CORRAL_URL, CORRAL_KEY)."));

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
