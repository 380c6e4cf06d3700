using System.Text.Json;
using System.Text.Json.Serialization;

namespace Corral.Cli.Serving;

/// <summary>The one line that <c>corral up --json</c> prints when it is ready.</summary>
/// <param name="Url">Where the API is.</param>
/// <param name="Socket">Where else it is.</param>
/// <param name="KeyFile">Where its key is.</param>
/// <param name="Curl">A command that submits a job.</param>
/// <param name="Pid">Who serves.</param>
internal sealed record WelcomeJson(string Url, string Socket, string KeyFile, string Curl, int Pid)
{
    public static string Write(string url, StateFolder state, string curl) =>
        JsonSerializer.Serialize(new WelcomeJson(url, $"unix:{state.SocketFile}", state.KeyFile, curl, Environment.ProcessId), WelcomeJsonContext.Default.WelcomeJson);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(WelcomeJson))]
internal sealed partial class WelcomeJsonContext : JsonSerializerContext;
