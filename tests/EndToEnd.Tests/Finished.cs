namespace Corral.EndToEnd.Tests;

/// <summary>How a run of the built program ended.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Out">All of stdout.</param>
/// <param name="Error">All of stderr.</param>
internal sealed record Finished(int Code, string Out, string Error)
{
    public override string ToString() => $"exit {Code}\nstdout: {Out}\nstderr: {Error}";
}
