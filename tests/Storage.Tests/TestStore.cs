using Corral.Coordinator.Application;
using Corral.Coordinator.Scheduling;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Storage.Tests;

/// <summary>A store on a database of its own, and what the suite needs to do to it from outside.</summary>
public abstract class TestStore : IAsyncDisposable
{
    private static long s_ids;

    internal abstract IJobStore Jobs { get; }
    internal abstract ILedger Ledger { get; }
    internal abstract IAccessStore Access { get; }

    /// <summary>Closes the store and opens it again on the same database.</summary>
    public abstract Task ReopenAsync();

    /// <summary>Runs a statement beside the store; returns the error's text, or null.</summary>
    public abstract string? Execute(string sql);

    public abstract long Scalar(string sql);

    public abstract ValueTask DisposeAsync();

    internal static DateTimeOffset Now { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    internal static NewJob Job(string tenant = "t1", string pool = "default", double cpus = 1, int maxAttempts = 3, int priority = 0, int steps = 1, Dictionary<string, string>? labels = null)
    {
        var spec = new JobSpec
        {
            Tenant = tenant,
            Pool = pool,
            Priority = priority,
            MaxAttempts = maxAttempts,
            Labels = labels ?? [],
            Steps = [.. Enumerable.Range(1, steps).Select(n => new StepSpec { Name = $"s{n}", Command = ["/bin/true"], Limits = new ResourceLimits { Cpus = cpus } })],
        };
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Interlocked.Increment(ref s_ids));
        return NewJob.Of(new JobId(new Guid(bytes, bigEndian: true)), spec);
    }

    internal async Task<IReadOnlyList<NewJob>> SubmitAsync(params NewJob[] jobs)
    {
        var commit = await Jobs.SubmitAsync(new Submission(jobs[0].Spec.Tenant, jobs, 1_000_000, Now));
        Assert.IsType<SubmitOutcome.Accepted>(commit.Outcome);
        return jobs;
    }

    internal async Task<AgentRow> AgentAsync(string id = "a1", double cpus = 4, int attempts = 100, string pool = "default") =>
        (await Jobs.RegisterAsync(Started(id, cpus, attempts, pool), Now.AddSeconds(5), Now)).Row;

    internal static AgentStarted Started(string id = "a1", double cpus = 4, int attempts = 100, string pool = "default") => new(
        id, Guid.NewGuid(), pool, new AgentCapacity(cpus, 64L << 30, attempts), new Dictionary<string, string>(), "6.1", "v2", [], "test");

    internal static QueuedJob Queued(NewJob job, long version = 1, int attempt = 0) =>
        new(job.Id, job.Spec.Tenant, job.Spec.Priority, job.Demand, attempt, job.Spec.MaxAttempts, version, Now);

    /// <summary>Stores a job and places it: what most tests begin with.</summary>
    internal async Task<(NewJob Job, AgentRow Agent, long PoolEpoch)> PlacedAsync(int maxAttempts = 3, int steps = 1)
    {
        var agent = await AgentAsync();
        var epoch = (await Jobs.TakePoolAsync("default")).Epoch;
        var job = (await SubmitAsync(Job(maxAttempts: maxAttempts, steps: steps))).Single();
        var commit = await Jobs.PlaceAsync("default", epoch, [new Placement(Queued(job), agent.Id, agent.Epoch)], Now);
        Assert.Contains(job.Id, commit.Placed);
        return (job, agent, epoch);
    }

    internal static AttemptEnding Report(NewJob job, int number = 1, Verdict verdict = Verdict.Succeeded, string agent = "a1", long sequence = 1, long cpuNs = 1_000_000)
    {
        var attempt = new AttemptId(job.Id, number);
        var steps = job.Spec.Steps.Select((step, index) => new StepResult
        {
            Index = index,
            Name = step.Name,
            State = StepState.Ended,
            Verdict = verdict,
            Usage = new UsageRecord
            {
                Attempt = attempt,
                StepIndex = index,
                Agent = agent,
                AgentEpoch = 1,
                Sequence = sequence,
                Tenant = job.Spec.Tenant,
                Verdict = verdict,
                StartedAt = Now,
                WallNs = 2_000_000,
                CpuNs = cpuNs,
                ReservedCpus = 1,
                ReservedMemoryBytes = 256 << 20,
                CpuUserNs = 400,
                PidsPeak = 3,
                MemorySamples = new MemorySamples { Count = 4, LongestGapNs = 50_100_000, ByteSeconds = 77, AnonPeakBytes = 5, ShmemPeakBytes = 6 },
                IoReadOperations = 7,
                IoWriteOperations = 8,
                Pressure = new PressureTotals { CpuSomeNs = 9, IoFullNs = 10 },
                ReservedScratchBytes = 64 << 20,
                ScratchUsedBytes = 4096,
            },
        }).ToList();
        return new AttemptEnding(attempt, agent, verdict, Now.AddSeconds(1), sequence, Now, steps);
    }

    internal static AttemptEnding GivenUp(NewJob job, int number = 1, string agent = "a1") =>
        new(new AttemptId(job.Id, number), agent, Verdict.Lost, Now.AddSeconds(9), Detail: "gone");

    internal async Task<EndCommit> EndAsync(AttemptEnding ending) => (await Jobs.EndAsync([ending], Now.AddSeconds(2))).Single();
}
