using Corral.Agent.Cgroups;
using Corral.Agent.Doctor;
using Corral.Agent.Files;
using Corral.Agent.Messaging;
using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Attempts;

// A running agent, put together in the only order that is safe:
//
//   1 the journal is opened: it holds the lock of the state folder, and knows what was promised
//   2 the launcher is connected: it knows what still runs
//   3 the two are matched: attempts go on, are reported again, or are lost; what nobody knows is ended
//   4 only then the coordinator is told what is held, and asked for a lease
internal sealed class AgentNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private readonly Journal _journal;
    private readonly ICgroupDriver _cgroups;
    private readonly SandboxHost _sandboxes;
    private readonly CpuLedger _cpu;
    private readonly Action<Exception> _onFatal;

    private AgentNode(AgentParts parts, Journal journal, ICgroupDriver cgroups, SandboxHost sandboxes)
    {
        (_journal, _cgroups, _sandboxes, _onFatal) = (journal, cgroups, sandboxes, parts.OnFatal);
        var (options, clock, loggers) = (parts.Options, parts.Clock, parts.Loggers);
        var capacity = HostCapacity.Of(options);
        var instance = Guid.NewGuid();
        _cpu = new CpuLedger(cgroups, sandboxes);

        Lease = new LeaseKeeper(parts.Link, clock, options.RenewEvery, loggers.CreateLogger<LeaseKeeper>())
        {
            Instance = instance,
            Introduce = () => new AgentStarted(options.Id, instance, options.Pool, capacity, options.Labels, UsageMeter.KernelRelease, cgroups.Mode, Book!.Held, Version),
            Held = () => Book!.Held,
            Moved = OnLeaseMoved,
            Lost = () => Book!.StopAll(KillReason.LeaseEnded),
            Fenced = attempts => Book!.Stop(attempts, KillReason.Fenced),
        };
        Reports = new ReportOutbox(options.Id, parts.Link, Lease, clock, loggers.CreateLogger<ReportOutbox>());
        Progress = new ProgressOutbox(options.Id, parts.Link, Lease, clock, loggers.CreateLogger<ProgressOutbox>());
        Live = new LiveOutput(Progress, clock, options.LiveOutputEvery);
        var services = new AttemptServices
        {
            Options = options,
            Sandboxes = sandboxes,
            Journal = journal,
            Inputs = new BlobCache(Path.Combine(options.StateDirectory, "blobs"), parts.Blobs, parts.BlobCache),
            Outputs = new OutputCollector(parts.Blobs, parts.Outputs),
            Blobs = parts.Blobs,
            Cpu = _cpu,
            Lease = Lease,
            Progress = Progress,
            Live = Live,
            Clock = clock,
            Logger = loggers.CreateLogger<AgentNode>(),
            Stopping = _stopping.Token,
        };
        Book = new AttemptBook(services, Reports, new Admission(capacity), new UserSlots(options.FirstUserId, options.UserIds), parts.OnFatal);
    }

    public AttemptBook Book { get; }

    public LeaseKeeper Lease { get; }

    private ReportOutbox Reports { get; }

    private ProgressOutbox Progress { get; }

    private LiveOutput Live { get; }

    private static string Version { get; } = typeof(AgentNode).Assembly.GetName().Version!.ToString(3);

    /// <summary>Starts an agent on this host.</summary>
    /// <exception cref="JournalException">The journal is damaged, or another agent holds it.</exception>
    /// <exception cref="SandboxException">The host lacks something that sandboxes need.</exception>
    public static async Task<AgentNode> StartAsync(AgentParts parts, CancellationToken cancellationToken)
    {
        var options = parts.Options;
        Directory.CreateDirectory(options.StateDirectory);
        var journal = Journal.Open(Path.Combine(options.StateDirectory, "journal"), parts.Journal, parts.Loggers.CreateLogger<Journal>(), out var attempts);
        ICgroupDriver? cgroups = null;
        SandboxHost? sandboxes = null;
        try
        {
            HostDoctor.Require(await HostDoctor.RunAsync(DoctorOptions.For(options), cancellationToken));
            cgroups = parts.OpenGroups(options.StateDirectory);
            sandboxes = await SandboxHost.StartAsync(
                new SandboxOptions { StateDirectory = options.StateDirectory, WarmCount = options.WarmSandboxes, Prewarm = options.WarmSandboxes > 0 ? [SandboxImage.Host] : [], StartLog = options.StartLog },
                cgroups, parts.Loggers, cancellationToken);
            var node = new AgentNode(parts, journal, cgroups, sandboxes);
            await node.BeginAsync(attempts);
            return node;
        }
        catch
        {
            if (sandboxes is not null)
                await sandboxes.DisposeAsync();
            cgroups?.Dispose();
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Invariant I5, now.</summary>
    public CpuBalance TakeCpuBalance() => _cpu.Take();

    /// <summary>Stops the agent, not what runs: the launcher keeps that for the next agent process, until the lease ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Book.StopAsync();
        await Task.WhenAll(_loops);
        await _sandboxes.DisposeAsync();
        _journal.Dispose();
        _cgroups.Dispose();
        _stopping.Dispose();
    }

    private async Task BeginAsync(IReadOnlyList<JournalledAttempt> attempts)
    {
        await Book.ResumeAsync(attempts, _sandboxes.Adopted, _sandboxes.AdoptedWorkspaces);
        _loops.Add(KeepAsync(Lease.RunAsync));
        _loops.Add(KeepAsync(Reports.RunAsync));
        _loops.Add(KeepAsync(Progress.RunAsync));
        _loops.Add(KeepAsync(Live.RunAsync));
    }

    private async Task KeepAsync(Func<CancellationToken, Task> loop)
    {
        // On the thread pool: starting an agent does not wait for its first message.
        await Task.Yield();
        try
        {
            await loop(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception bug)
        {
            _onFatal(bug);
        }
    }

    private void OnLeaseMoved(TimeSpan remaining, bool first)
    {
        _sandboxes.RenewLease(remaining);
        if (first)
            Reports.SendAll();
    }
}
