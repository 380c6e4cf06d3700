using System.CommandLine;
using Corral.Cli.Client;
using Corral.Cli.Output;
using Corral.Cli.Serving;
using Corral.Shared.Jobs;

namespace Corral.Cli.Commands;

/// <summary><c>corral run [limits] -- COMMAND ARGS</c>: one step, its output live, its own exit code.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    public static Command Build()
    {
        var options = new RunOptions();
        var command = new Command(
            Name,
            "Run one command in a sandbox, live, and exit with its own code; where no coordinator serves the state folder, one is started for this command alone");
        options.AddTo(command);
        command.SetAction(async (line, cancel) =>
        {
            if (line.FindEndpoint() is { } endpoint && await IsServedAsync(endpoint, line.StateFolder(), cancel))
                return await RunAsync(endpoint, line, options, cancel);
            await using var own = await Server.StartForOneCommandAsync(line.StateFolder(), cancel);
            return await RunAsync(own.Endpoint, line, options, cancel);
        });
        return command;
    }

    // A url file without a lock holder was left by a coordinator that was killed.
    private static async Task<bool> IsServedAsync(Endpoint endpoint, StateFolder state, CancellationToken cancellationToken)
    {
        if (StateFolder.ReadLine(state.UrlFile) != endpoint.Url)
            return true;
        using var client = new CorralClient(endpoint);
        return await client.IsAliveAsync(cancellationToken);
    }

    private static async Task<int> RunAsync(Endpoint endpoint, ParseResult line, RunOptions options, CancellationToken cancellationToken)
    {
        using var client = new CorralClient(endpoint);
        var spec = await options.ReadAsync(line, client, cancellationToken);
        var id = Wire.Submitted(await client.SubmitAsync(RunRequest.Write(spec), null, cancellationToken))[0];
        var output = new LiveOutput(Console.OpenStandardOutput(), Console.OpenStandardError());
        try
        {
            if (!line.WantsJson())
                await output.FollowAsync(client, id, cancellationToken);
            var answer = await client.WaitAsync(id, cancellationToken);
            var job = Wire.Job(answer);
            if (line.WantsJson())
                Printer.Json(answer);
            else
                await output.CompleteAsync(client, job, cancellationToken);
            return await ReportAsync(job, spec);
        }
        catch (OperationCanceledException)
        {
            // The job is ours alone: it ends with us. Its verdict is awaited, so that nothing runs on after the prompt is back.
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await client.CancelAsync(id, grace.Token);
            await client.WaitAsync(id, grace.Token);
            throw;
        }
    }

    private static async Task<int> ReportAsync(JobAnswer job, JobSpec spec)
    {
        // Without a step's result no attempt could report: the job's verdict is all there is.
        var step = job.Steps.FirstOrDefault(s => s.Verdict is not null) ?? new StepAnswer { Name = spec.Steps[0].Name, Verdict = job.Verdict };
        var (code, message) = RunExit.Of(step, spec.Steps[0].Limits);
        if (message is not null)
            await Console.Error.WriteLineAsync($"corral: '{spec.Steps[0].Command[0]}' {message}");
        if (step.Facts.Truncated)
            await Console.Error.WriteLineAsync($"corral: the output is cut: {step.Facts.StdoutBytes} bytes of stdout and {step.Facts.StderrBytes} of stderr were written, at most {spec.Steps[0].Limits.CaptureBytes} of each are kept.");
        return code;
    }
}
