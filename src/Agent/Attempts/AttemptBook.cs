using Corral.Agent.Messaging;
using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

/// <summary>All attempts that this agent answers for: it takes orders, knows what it has taken before, and keeps what it holds within its capacity.</summary>
internal sealed partial class AttemptBook(AttemptServices services, ReportOutbox reports, Admission admission, UserSlots users, Action<Exception> onFatal)
{
    /// <summary>An order that was on its way twice may arrive after its attempt is acknowledged and forgotten: the last ones are remembered. At 600 a second this is over a minute.</summary>
    private const int RememberedAttempts = 50_000;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly Dictionary<AttemptId, AttemptRun> _running = [];
    private readonly Dictionary<AttemptId, AttemptReport> _ended = [];
    private readonly HashSet<AttemptId> _forgotten = [];
    private readonly Queue<AttemptId> _forgottenInOrder = new();
    private readonly HashSet<Task> _lives = [];

    /// <summary>Attempts that run or are not acknowledged yet.</summary>
    public IReadOnlyList<AttemptId> Held
    {
        get
        {
            lock (_gate)
                return [.. _running.Keys, .. _ended.Keys];
        }
    }

    /// <summary>Starts the attempts of an order that are new, and answers those that are known. Ends when the new ones are durable.</summary>
    public Task AcceptAsync(StartAttempts orders)
    {
        if (!services.Lease.Holds(orders.Epoch))
        {
            Log.WrongEpoch(services.Logger, orders.Orders.Count, orders.Epoch, services.Lease.Epoch);
            return Task.CompletedTask;
        }

        var durable = Task.CompletedTask;
        foreach (var order in orders.Orders)
        {
            try
            {
                durable = Accept(order, orders.Epoch) ?? durable;
            }
            catch (ArgumentException bug)
            {
                Log.NotValidated(services.Logger, bug, order.Attempt);
            }
        }

        // Groups become durable in order, so the last one stands for all.
        return durable;
    }

    /// <summary>Goes on with the attempts of an earlier agent process. Ends when the workspaces that none of them has are gone: one may have been made for an
    /// order that never became durable, and its number is given again to the next.</summary>
    public async Task ResumeAsync(IEnumerable<JournalledAttempt> attempts, IReadOnlyList<RunningStep> steps, IReadOnlyList<MountedWorkspace> workspaces)
    {
        var stepsOf = steps.ToLookup(step => step.AttemptId);
        var workspacesOf = workspaces.ToLookup(workspace => AttemptWorkspaces.AcceptedSequenceOf(workspace.Id));
        foreach (var attempt in attempts)
        {
            if (attempt.Ended is { } ended)
            {
                lock (_gate)
                    _ended[attempt.Attempt] = ended.Report;
                reports.Send(ended.Report);
                Own(DiscardAsync(stepsOf[attempt.Attempt]));
                continue;
            }

            var accepted = attempt.Accepted!;
            var (kept, mounted) = (stepsOf[attempt.Attempt].ToList(), workspacesOf[accepted.Sequence].ToList());
            // A workspace is proof that the launcher has lived on: what it does not hold has not started. Without one, a step may have run and be gone.
            if (kept.Count == 0 && mounted.Count == 0)
                Lose(accepted, attempt.Steps);
            else
                Resume(accepted, attempt.Steps, kept, mounted);
        }

        List<MountedWorkspace> nobodys;
        lock (_gate)
        {
            Own(DiscardAsync(steps.Where(step => !_running.ContainsKey(step.AttemptId) && !_ended.ContainsKey(step.AttemptId))));
            nobodys = [.. workspaces.Where(workspace => _running.Values.All(run => run.Accepted.Sequence != AttemptWorkspaces.AcceptedSequenceOf(workspace.Id)))];
        }

        foreach (var workspace in nobodys)
        {
            try
            {
                await workspace.DisposeAsync();
            }
            catch (SandboxException fault)
            {
                // One that cannot be unmounted keeps its memory; that is no reason not to serve.
                Log.WorkspaceStays(services.Logger, fault, workspace.Id);
            }
        }
    }

    /// <summary>Ends attempts; those that are unknown or have ended are left alone.</summary>
    public void Stop(IReadOnlyList<AttemptId> attempts, KillReason reason)
    {
        foreach (var attempt in attempts)
            Find(attempt)?.Stop(reason);
    }

    /// <summary>The lease has ended: what runs is lost.</summary>
    public void StopAll(KillReason reason)
    {
        List<AttemptRun> running;
        lock (_gate)
            running = [.. _running.Values];
        foreach (var run in running)
            run.Stop(reason);
    }

    /// <summary>Turns live output on or off.</summary>
    public void Watch(IReadOnlyList<AttemptId> attempts, bool on)
    {
        foreach (var attempt in attempts)
        {
            if (!on)
                services.Live.Unwatch(attempt);
            else if (Find(attempt) is { } run)
                services.Live.Watch(attempt, run.Running);
        }
    }

    /// <summary>The coordinator has committed these reports.</summary>
    public void Acknowledge(IReadOnlyList<long> sequences)
    {
        var known = new List<long>(sequences.Count);
        foreach (var sequence in sequences)
        {
            if (reports.Acknowledge(sequence) is not { } report)
                continue;
            known.Add(sequence);
            lock (_gate)
            {
                _ended.Remove(report.Attempt);
                Remember(report.Attempt);
            }
        }

        // Nobody waits for this one: if it is lost, the reports are sent and acknowledged once more.
        if (known.Count > 0)
            services.Journal.Append(known, static (of, sequence) => new AcknowledgedEntry(sequence, of), lazy: true);
    }

    /// <summary>Ends when every attempt has let go, after <see cref="AttemptServices.Stopping"/> was cancelled.</summary>
    public async Task StopAsync()
    {
        Task[] lives;
        lock (_gate)
        {
            lives = [.. _lives];
            foreach (var run in _running.Values)
                run.Abandon();
        }

        await Task.WhenAll(lives);
    }

    private AttemptRun? Find(AttemptId attempt)
    {
        lock (_gate)
            return _running.GetValueOrDefault(attempt);
    }

    private Task? Accept(AttemptOrder order, long epoch)
    {
        lock (_gate)
        {
            if (_running.TryGetValue(order.Attempt, out var known))
            {
                foreach (var step in known.Running)
                    services.Progress.Send(new AttemptProgress(order.Attempt, ProgressKind.Started, step.StepIndex, step.StartedAt));
                return null;
            }

            if (_ended.TryGetValue(order.Attempt, out var report))
            {
                reports.Send(report);
                return null;
            }

            if (_forgotten.Contains(order.Attempt) || services.Stopping.IsCancellationRequested)
                return null;
            // Not taken, not held: the coordinator sees that in the next renewal and orders again.
            if (services.Journal.IsBlocked)
                return null;
            var plan = StepPlan.Of(order.Spec.Steps);
            var reservation = Reservation.Of(order.Spec, plan);
            if (admission.TryReserve(reservation) is not { } room)
            {
                Log.NoRoom(services.Logger, order.Attempt, reservation.Cpus, reservation.MemoryBytes);
                return null;
            }

            // There are at least as many as attempts at once.
            var slot = users.TryTake()!.Value;
            var (accepted, durable) = services.Journal.Append((order, epoch, slot), static (of, sequence) => new AcceptedEntry(sequence, of.epoch, of.slot, of.order));
            var run = new AttemptRun(services, accepted, plan, users.IdOf(slot));
            _running.Add(order.Attempt, run);
            Own(LiveAsync(run, durable, room, reservation));
            return durable;
        }
    }

    private void Resume(AcceptedEntry accepted, List<StepEndedEntry> ended, List<RunningStep> kept, List<MountedWorkspace> mounted)
    {
        lock (_gate)
        {
            var plan = StepPlan.Of(accepted.Order.Spec.Steps);
            var reservation = Reservation.Of(accepted.Order.Spec, plan);
            // It is reserved already: what runs is a fact, also where the capacity was made smaller meanwhile.
            admission.Reserve(reservation);
            users.TryTake(accepted.Slot);
            var run = new AttemptRun(services, accepted, plan, users.IdOf(accepted.Slot));
            run.Adopt(ended, kept, mounted);
            _running.Add(run.Id, run);
            Log.Resumed(services.Logger, run.Id, ended.Count, kept.Count);
            Own(LiveAsync(run, Task.CompletedTask, Task.CompletedTask, reservation));
        }
    }

    private void Lose(AcceptedEntry accepted, List<StepEndedEntry> ended)
    {
        Log.LostAtRestart(services.Logger, accepted.Order.Attempt);
        var (entry, durable) = services.Journal.Append((accepted, ended), static (of, sequence) => new EndedEntry(sequence, LostReport.Of(of.accepted, of.ended, sequence)));
        lock (_gate)
            _ended[entry.Report.Attempt] = entry.Report;
        Own(SendAsync(entry.Report, durable));
    }

    private async Task SendAsync(AttemptReport report, Task durable)
    {
        await durable;
        reports.Send(report);
    }

    private async Task LiveAsync(AttemptRun run, Task accepted, Task room, Reservation reservation)
    {
        // Away from the caller, who holds the lock and has more orders to take.
        await Task.Yield();
        try
        {
            await room.WaitAsync(services.Stopping);
            var report = await run.RunAsync(accepted);
            // Before the report leaves, so that the coordinator never gives the room away earlier than we do.
            lock (_gate)
            {
                _running.Remove(run.Id);
                _ended[run.Id] = report;
                admission.Leave(reservation);
                users.Return(run.Accepted.Slot);
            }

            reports.Send(report);
            services.Progress.Reported(run.Id);
            services.Live.Unwatch(run.Id);
            Log.Ended(services.Logger, run.Id, report.Verdict);

            // Workspaces are memory, and to unmount one takes the kernel milliseconds: nobody's answer waits for it, only who wants the room.
            await LetGoAsync(run);
            lock (_gate)
                admission.Gone(reservation);
        }
        catch (OperationCanceledException) when (services.Stopping.IsCancellationRequested)
        {
        }
        catch (Exception fatal)
        {
            // Without a journal nothing that ends can be promised; a bug is no better. The process ends, and the next one finds everything as it was.
            onFatal(fatal);
        }
    }

    // A stop waits as well, but not for a launcher that stands still: the next process removes what is left.
    private async Task LetGoAsync(AttemptRun run)
    {
        var gone = run.DisposeAsync().AsTask();
        await gone.WaitAsync(services.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!gone.IsCompleted)
            await gone.WaitAsync(StopPatience, services.Clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!gone.IsCompleted)
            Log.NotLetGo(services.Logger, run.Id, StopPatience.TotalSeconds);
        else
            await gone;
    }

    private static async Task DiscardAsync(IEnumerable<RunningStep> steps)
    {
        foreach (var step in steps.ToList())
        {
            if (!step.Completion.IsCompleted)
                step.Kill(KillReason.Fenced);
            await step.Completion;
            await step.ReleaseAsync();
        }
    }

    private void Own(Task life)
    {
        lock (_gate)
        {
            if (!life.IsCompleted)
                _lives.Add(life);
        }

        _ = life.ContinueWith(
            ended =>
            {
                lock (_gate)
                    _lives.Remove(ended);
                if (ended.Exception is { } fatal)
                    onFatal(fatal.InnerException ?? fatal);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Remember(AttemptId attempt)
    {
        if (!_forgotten.Add(attempt))
            return;
        _forgottenInOrder.Enqueue(attempt);
        if (_forgottenInOrder.Count > RememberedAttempts)
            _forgotten.Remove(_forgottenInOrder.Dequeue());
    }
}
