using Corral.Coordinator.Scheduling;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Grains;

internal sealed partial class PoolGrain
{
    public async Task<AttemptIds> AgentReadyAsync(AgentRow agent, AttemptIds held)
    {
        _book.SetAgent(agent.Id, agent.Epoch, agent.Capacity, agent.MaxAttempts);
        var holds = held.Attempts.ToHashSet();
        var missing = _book.PlacedOn(agent.Id).Where(placed => placed is { Committed: true, Ending: false } && !holds.Contains(placed.Attempt)).ToList();
        // What had started is gone with the process that ran it. What had not is an order that vanished.
        var lost = missing.Where(placed => placed.Running).ToList();
        if (lost.Count > 0)
            Track(GiveUpAsync(lost, $"Agent '{agent.Id}' started anew and no longer knows the attempt."));
        Order([.. missing.Where(placed => !placed.Running)]);
        CancelAgain(agent.Id, agent.Epoch, holds);
        Plan();
        return await FencedAsync(agent.Id, held);
    }

    public async Task<AttemptIds> AgentHoldsAsync(string agent, long epoch, AttemptIds held)
    {
        if (_book.Agent(agent) is not { } room || room.Epoch != epoch)
        {
            // The pool was activated anew since the agent registered, or the agent's row was not live then.
            if (await store.AgentAsync(agent, CancellationToken.None) is { Live: true } row && row.Epoch == epoch && row.Pool == _pool)
                room = _book.SetAgent(agent, epoch, new Demand((long)(row.Capacity.Cpus * 1000), row.Capacity.MemoryBytes), row.Capacity.MaxAttempts);
            else
                return await FencedAsync(agent, held);
        }

        room.Live = true;
        var holds = held.Attempts.ToHashSet();
        Order([.. _book.PlacedOn(agent).Where(placed =>
            placed is { Committed: true, Ending: false } && !holds.Contains(placed.Attempt) && clock.GetElapsedTime(placed.OrderedAt) >= options.Value.ResendAfter)]);
        CancelAgain(agent, epoch, holds);
        Plan();
        return await FencedAsync(agent, held);
    }

    /// <summary>A cancel may be lost, overtake its order, or be forgotten by an agent that started anew: it is repeated with every renewal until the end is reported.</summary>
    private void CancelAgain(string agent, long epoch, HashSet<AttemptId> holds)
    {
        var cancelled = _book.PlacedOn(agent).Where(placed => placed is { CancelRequested: true, Ending: false } && holds.Contains(placed.Attempt)).Select(placed => placed.Attempt).ToList();
        if (cancelled.Count > 0)
            Track(bus.SendAsync(agent, new CancelAttempts(agent, epoch, cancelled, Verdict.Cancelled)));
    }

    public async Task AgentGoneAsync(string agent, string reason)
    {
        _book.RemoveAgent(agent);
        await GiveUpAsync([.. _book.PlacedOn(agent).Where(placed => placed.Committed)], reason);
    }

    /// <summary>Held attempts that this pool does not know are looked up: reported and not yet acknowledged, or fenced.</summary>
    private async Task<AttemptIds> FencedAsync(string agent, AttemptIds held)
    {
        var unknown = held.Attempts.Where(attempt => _book.Placed(attempt)?.Agent != agent).ToList();
        return unknown.Count == 0 ? AttemptIds.None : new AttemptIds(await store.FencedAsync(agent, unknown, CancellationToken.None));
    }

    /// <summary>Ends attempts that nobody will report: each job is queued again, or ends Lost where it was tried often enough.</summary>
    private async Task GiveUpAsync(List<PlacedAttempt> attempts, string reason)
    {
        attempts.RemoveAll(placed => placed.Ending);
        if (attempts.Count == 0)
            return;
        var now = clock.GetUtcNow();
        foreach (var placed in attempts)
        {
            Log.Lost(logger, placed.Attempt, placed.Agent, reason);
            _book.BeginEnd(placed);
        }

        var endings = attempts.ConvertAll(placed => new AttemptEnding(placed.Attempt, placed.Agent, Verdict.Lost, now, Detail: reason));
        await EndAsync(endings, now);
    }

    /// <summary>Sends the orders of these attempts, one message an agent, under the agent's epoch of now.</summary>
    private void Order(List<PlacedAttempt> attempts)
    {
        foreach (var group in attempts.GroupBy(placed => placed.Agent))
        {
            var ofAgent = group.ToList();
            if (_book.Agent(group.Key) is not { } agent)
                Track(GiveUpAsync(ofAgent, $"The lease of agent '{group.Key}' passed while the placement was committed."));
            else
                Track(SendOrdersAsync(agent, ofAgent));
        }
    }

    private async Task SendOrdersAsync(AgentRoom agent, List<PlacedAttempt> attempts)
    {
        foreach (var placed in attempts)
            placed.OrderedAt = clock.GetTimestamp();
        var specs = await _specs.GetAsync(attempts.ConvertAll(placed => placed.Attempt.Job));
        var orders = attempts.ConvertAll(placed => new AttemptOrder(placed.Attempt, specs[placed.Attempt.Job], placed.Job.SubmittedAt));
        await bus.SendAsync(agent.Id, new StartAttempts(agent.Id, agent.Epoch, orders));
    }
}
