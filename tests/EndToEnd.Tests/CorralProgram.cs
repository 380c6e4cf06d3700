using System.Diagnostics;

namespace Corral.EndToEnd.Tests;

/// <summary>Starts the checkout's <c>corral</c> as a user does.</summary>
internal static class CorralProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static string Checkout { get; } = FindCheckout();

    public static string Script { get; } = Path.Combine(Checkout, "corral");

    /// <summary>Runs to the end.</summary>
    /// <param name="state">CORRAL_STATE.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="input">What it reads from stdin; null closes it at once.</param>
    public static async Task<Finished> RunAsync(string state, IReadOnlyList<string> arguments, string? input = null)
    {
        using var process = Start(state, arguments);
        return await FinishAsync(process, string.Join(' ', arguments), input);
    }

    public static Process Start(string state, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Script, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment["CORRAL_STATE"] = state;
        start.Environment.Remove("CORRAL_URL");
        start.Environment.Remove("CORRAL_KEY");
        return Process.Start(start)!;
    }

    public static async Task<Finished> FinishAsync(Process process, string what, string? input = null)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(patience.Token);
            return new Finished(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'corral {what}' did not end within {Patience}. stdout: {await output} stderr: {await error}");
        }
    }

    private static string FindCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "scheduler.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"There is no scheduler.sln above '{AppContext.BaseDirectory}'.");
    }
}
