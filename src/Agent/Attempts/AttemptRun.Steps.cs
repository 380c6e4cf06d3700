using System.Diagnostics;
using Corral.Agent.Cgroups;
using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

internal sealed partial class AttemptRun
{
    // What every step finds, unless it says otherwise. The order of PATH is Debian's own.
    private static readonly Dictionary<string, string> BaseEnvironment = new()
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = "/box",
        ["LANG"] = "C.UTF-8",
        ["TMPDIR"] = "/tmp",
    };

    private async Task RunAsync(int index, RunningStep? running)
    {
        StepResult result;
        try
        {
            StepResult? refusal = null;
            if (running is null)
                (running, refusal) = await StartAsync(index);
            result = running is null ? refusal! : await HarvestAsync(index, running);
        }
        catch (OperationCanceledException) when (_services.Stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (running is null && _beforeStart.IsCancellationRequested)
        {
            lock (_gate)
                _schedule.Skip(index, $"The attempt was ended ({_stop!.Reason}) before the step started.");
            return;
        }
        catch (Exception fault) when (fault is not (JournalException or UnreachableException))
        {
            Log.StepBroke(_services.Logger, fault, Id, _spec.Steps[index].Name);
            result = Broken(index, fault.Message);
        }

        await RecordAsync(index, running, result);
    }

    // Either a running step, or the result of one that cannot be started.
    private async Task<(RunningStep? Running, StepResult? Refusal)> StartAsync(int index)
    {
        var step = _spec.Steps[index];
        var limits = step.Limits;
        await _services.Lease.WaitHeldAsync(_beforeStart.Token);
        if (step.Image != SandboxImage.Host.Name)
            return (null, CannotStart(index, $"This agent has no image '{step.Image}'; it has '{SandboxImage.Host.Name}'."));

        using var input = await StepInput.OpenAsync(step, _spec.Tenant, _services.Inputs, _beforeStart.Token);
        if (input.Missing is { } missing)
            return (null, CannotStart(index, $"The tenant has no blob '{missing}'."));
        if (input.Contents > StartMessageWriter.MaxContents)
            return (null, CannotStart(index, $"Its files and stdin have {input.Contents} different contents, and a step can take {StartMessageWriter.MaxContents}. Pack small files into one archive, or give them as texts."));

        var workspace = await _workspaces.GetAsync(index, _beforeStart.Token);
        await _durable.WaitAsync(_services.Stopping);
        _beforeStart.Token.ThrowIfCancellationRequested();
        var running = await _services.Sandboxes.StartStepAsync(
            new StepLaunch
            {
                Attempt = Id,
                StepIndex = index,
                Command = step.Command,
                Environment = EnvironmentOf(step),
                Uid = _userId,
                Gid = _userId,
                Group = new GroupLimits(limits.Cpus, limits.MemoryBytes, limits.Pids + 1),
                CpuTime = TimeSpan.FromMilliseconds(limits.CpuTimeMs),
                WallTime = TimeSpan.FromMilliseconds(limits.WallTimeMs),
                OutputBytes = limits.OutputBytes,
                CaptureBytes = limits.CaptureBytes,
                ScratchBytes = limits.ScratchBytes,
                ScratchInodes = limits.ScratchInodes,
                OpenFiles = limits.OpenFiles,
                StackBytes = limits.StackBytes,
                Stdin = input.Stdin,
                Files = input.Files,
                Workspace = new WorkspaceMount(workspace, ReadOnly: step.Workspace.Kind == WorkspaceKind.From),
            },
            _services.Stopping);
        Started(index, running);
        return (running, null);
    }

    private void Started(int index, RunningStep running)
    {
        bool isFirst;
        StopRequest? stop;
        lock (_gate)
        {
            isFirst = _startedAt is null;
            _startedAt = Earlier(_startedAt, running.StartedAt);
            _running.Add(index, running);
            stop = _stop;
        }

        // Asked to end while it was being started: it was not there to be told.
        if (stop is not null)
            running.Kill(stop.Reason);
        _services.Live.Started(running);
        if (isFirst)
            _services.Progress.Send(new AttemptProgress(Id, ProgressKind.Started, index, running.StartedAt));
        TellStart(running);
    }

    private void TellStart(RunningStep step) => _services.Progress.Send(new AttemptProgress(Id, ProgressKind.StepStarted, step.StepIndex, step.StartedAt));

    private async Task<StepResult> HarvestAsync(int index, RunningStep running)
    {
        // While the agent stops, the step goes on without it: the launcher keeps it for the next process.
        var end = await running.Completion.WaitAsync(_services.Stopping);
        _services.Cpu.Add(end);
        _services.Live.Ended(running);
        StopRequest? stop;
        lock (_gate)
            stop = _stop;
        try
        {
            var workspace = await _workspaces.GetAsync(index, _services.Stopping);
            return await StepHarvest.TakeAsync(_services, _accepted, index, running, workspace, end, stop, _services.Stopping);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or JournalException or UnreachableException))
        {
            // It ran and is measured; what it left could not be kept. Ours, so unbilled.
            Log.StepBroke(_services.Logger, fault, Id, _spec.Steps[index].Name);
            var usage = UsageMeter.Measure(_accepted.Order, index, _services.Options.Id, _accepted.Epoch, Verdict.SandboxBroke, running.StartedAt, end);
            return Broken(index, fault.Message) with { Usage = usage };
        }
    }

    // Durable first, unless the report that follows at once makes it so; then the next steps may start and the launcher may forget this one.
    private async Task RecordAsync(int index, RunningStep? running, StepResult result)
    {
        bool isLast;
        lock (_gate)
            isLast = _schedule.IsLast(index);
        if (!isLast)
        {
            var (entry, durable) = _services.Journal.Append(
                (Id, result), static (of, sequence) => new StepEndedEntry(sequence, of.Id, of.result.Usage is { } usage ? of.result with { Usage = usage with { Sequence = sequence } } : of.result));
            result = entry.Result;
            await durable.WaitAsync(_services.Stopping);
        }

        lock (_gate)
        {
            _results[index] = result;
            _running.Remove(index);
            _schedule.End(index, result.Verdict);
            if (!result.Verdict.IsBillable())
                _schedule.SkipWaiting($"Step '{result.Name}' ended {result.Verdict}: the attempt ends.");
            if (isLast && running is not null)
                _unreleased.Add(running);
        }

        _services.Progress.Send(new AttemptProgress(Id, ProgressKind.StepEnded, index, TimeProvider.System.GetUtcNow(), result.Verdict));
        if (isLast)
            return;
        if (running is not null)
            await running.ReleaseAsync();
        await _workspaces.ReleaseAsync(index);
    }

    private static Dictionary<string, string> EnvironmentOf(StepSpec step)
    {
        if (step.Env.Count == 0)
            return BaseEnvironment;
        var environment = new Dictionary<string, string>(BaseEnvironment);
        foreach (var (name, value) in step.Env)
            environment[name] = value;
        return environment;
    }

    private StepResult CannotStart(int index, string detail) => WithoutUsage(index, Verdict.CannotStart, detail);

    private StepResult Broken(int index, string detail) => WithoutUsage(index, Verdict.SandboxBroke, detail);

    private StepResult WithoutUsage(int index, Verdict verdict, string detail) => new()
    {
        Index = index,
        Name = _spec.Steps[index].Name,
        State = StepState.Ended,
        Verdict = verdict,
        Facts = new StepFacts { Detail = detail },
    };
}
