using System.Net;
using Microsoft.Extensions.Options;

namespace Corral.Cli.Serving;

/// <summary>What <see cref="UpOptions"/> must satisfy.</summary>
internal sealed class UpOptionsRules : IValidateOptions<UpOptions>
{
    public ValidateOptionsResult Validate(string? name, UpOptions options) =>
        options.Listen == UpOptions.Nowhere || (IPEndPoint.TryParse(options.Listen, out _) && options.Listen.Contains(':', StringComparison.Ordinal))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{UpOptions.Section}:Listen is '{options.Listen}', which is no ADDRESS:PORT. Give for example 127.0.0.1:7070, [::1]:0, or none.");
}
