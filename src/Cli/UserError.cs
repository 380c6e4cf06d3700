namespace Corral.Cli;

/// <summary>A command ends here with a message for its user: what was tried, why it failed, the remedy.</summary>
/// <param name="message">Whole sentences, several lines where there are several reasons.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
internal sealed class UserError(string message, int exitCode = ExitCodes.BadUsage) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
