using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Agent.Init;
using Corral.Agent.Interop;
using Corral.Agent.Rootfs;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>Runs steps in fresh sandboxes on this host.</summary>
/// <remarks>
/// The theory of operation, with the picture of who talks to whom, opens src/Agent.Init/Launching/Cloner.cs. This side keeps the pool, sends
/// the two messages of a step (what to run, to PID 1; that it may, to the launcher), counts output, holds the cpu limit, and reads the
/// counters once the pidfd says that every process is dead.
/// </remarks>
internal sealed partial class SandboxHost : ILauncherEvents, IAsyncDisposable
{
    private const int Tries = 3;
    /// <summary>How long a stop waits for unused sandboxes to die.</summary>
    internal static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(200);

    private readonly SandboxOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly EventLoop _loop;
    private readonly LauncherLink _link = new();
    private readonly SandboxRoom _room;
    private readonly SandboxFactory _factory;
    private readonly SandboxPool _pool;
    private readonly WorkspaceRequests _workspaces;
    private readonly CancellationTokenSource _stopping = new();
    private Task _reconnecting = Task.CompletedTask;
    private long _leaseEndNs;
    private int _disposed;

    private SandboxHost(SandboxOptions options, ICgroupDriver cgroups, ILogger logger, TimeProvider time)
    {
        _options = options;
        _logger = logger;
        _time = time;
        _loop = new EventLoop(logger);
        _room = new SandboxRoom(_loop, new CpuDeadlines(_loop), new MemorySampler(time), new GroupRemover(logger, time), _link, logger);
        _factory = new SandboxFactory(_room, cgroups, options);
        _pool = new SandboxPool(_factory, options.WarmCount, logger, time);
        _workspaces = new WorkspaceRequests(this, _link);
        _leaseEndNs = BootClock.Instance.GetTimestamp() + ToNs(options.InitialLease);
    }

    /// <summary>Steps that an earlier agent process started and that the launcher has kept, running or ended, in no order.</summary>
    public IReadOnlyList<RunningStep> Adopted { get; private set; } = [];

    /// <summary>Workspaces of an earlier agent process that still exist.</summary>
    public IReadOnlyList<MountedWorkspace> AdoptedWorkspaces { get; private set; } = [];

    /// <summary>Cpu time of warm sandboxes that ended unused, and of groups swept at start, nanoseconds: overhead.</summary>
    public long UnusedCpuNs => _factory.UnusedCpuNs;

    /// <summary>Warm sandboxes that wait for a step.</summary>
    public int WarmCount => _pool.ReadyCount;

    /// <summary>The launcher's process; false while one is being replaced.</summary>
    public bool TryGetLauncher(out int processId)
    {
        processId = _link.Current?.LauncherProcessId ?? 0;
        return processId != 0;
    }

    /// <summary>The launcher's process.</summary>
    public int LauncherProcessId => _link.Connection.LauncherProcessId;

    /// <summary>The process whose children are the sandboxes; itself the launcher's child.</summary>
    public int ClonerProcessId => _link.Connection.ClonerProcessId;

    /// <summary>Connects to the launcher of the state folder or starts one, adopts what it holds, and removes the groups that no sandbox holds.</summary>
    public static async Task<SandboxHost> StartAsync(SandboxOptions options, ICgroupDriver cgroups, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        HostImage.Prepare(SandboxImage.ImagesDirectory(options.StateDirectory));
        var host = new SandboxHost(options, cgroups, loggers.CreateLogger<SandboxHost>(), TimeProvider.System);
        try
        {
            var connection = LauncherConnection.Open(await LauncherProcess.ConnectOrStartAsync(options, host._leaseEndNs, host._time, cancellationToken));
            // A launcher that runs already keeps the lease it has: only the coordinator's word prolongs it.
            host._link.Replace(connection);
            host.Adopt(connection);
            connection.Listen(host._loop, host);
            host.Sweep(cgroups);
            foreach (var image in options.Prewarm) host._pool.Refill(image);
            Log.Started(host._logger, connection.LauncherProcessId, host.Adopted.Count, host.AdoptedWorkspaces.Count);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets sandboxes live until <paramref name="remaining"/> from now; the launcher kills them all where no renewal comes.</summary>
    public void RenewLease(TimeSpan remaining)
    {
        Volatile.Write(ref _leaseEndNs, BootClock.Instance.GetTimestamp() + ToNs(remaining));
        SendLease();
    }

    /// <summary>Mounts a workspace. The id is the caller's, not 0, and unique on this host.</summary>
    public Task<MountedWorkspace> CreateWorkspaceAsync(long id, WorkspaceSize size, CancellationToken cancellationToken) =>
        _workspaces.CreateAsync(id, size, cancellationToken);

    /// <summary>Takes a warm sandbox, or makes one, and starts the step in it. Returns when the sandbox has been told to start, not when the command runs.</summary>
    public async Task<RunningStep> StartStepAsync(StepLaunch launch, CancellationToken cancellationToken)
    {
        if (launch.Uid <= 0 || launch.Gid <= 0) throw new ArgumentException("A step never runs as root.", nameof(launch));
        for (var i = 0; i < Tries; i++)
        {
            if (await _pool.StartAsync(launch.Image, sandbox => Dispatch(sandbox, launch), cancellationToken) is { } step) return step;
        }

        throw new SandboxException(SandboxStep.StartStep, launch.Image.Name, $"{Tries} sandboxes died before the step could start.");
    }

    /// <summary>Ends unused sandboxes and leaves running ones to the launcher, which holds them for the next agent process until the lease ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync();
        await _pool.DisposeAsync();
        await _reconnecting;
        var unused = _factory.Live.Where(s => s.Step is null).ToList();
        foreach (var sandbox in unused) _link.Release(sandbox.Id);
        var gone = _factory.WhenNoneIsUnused();
        // Without a launcher nobody says any more what became of those it was asked for.
        if (!_link.IsAlive) _factory.AbandonUncloned(LauncherGone());
        await gone.WaitAsync(StopTime, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!gone.IsCompleted) Log.StillUnused(_logger, StopTime.TotalSeconds);

        var connection = _link.Replace(null);
        connection?.Hangup();
        // A launcher that keeps nothing ends at once; whoever removes the state folder next should not meet it.
        if (connection is not null && !_factory.Live.Any() && !_workspaces.Any) connection.WaitForEnd(StopTime);
        _loop.Dispose();
        foreach (var sandbox in _factory.Live)
        {
            if (sandbox.Step is { } step) step.Leave();
            else sandbox.Release();
        }

        connection?.Dispose();
        _room.Cpu.Dispose();
        await _room.Memory.DisposeAsync();
        await _room.Remover.DisposeAsync();
        _stopping.Dispose();
    }

    void ILauncherEvents.OnCreated(in CreatedMessage message, SafeFileHandle control, SafeFileHandle process)
    {
        if (_factory.Find(message.Envelope.Id) is not { } sandbox)
        {
            control.Dispose();
            process.Dispose();
            return;
        }

        try
        {
            sandbox.Attach(control, process);
        }
        catch (SandboxException e)
        {
            // Nobody would hear of its end: it ends now.
            _link.Release(sandbox.Id);
            if (_factory.TryRemove(sandbox.Id, out _)) sandbox.Abandon(e);
        }
    }

    void ILauncherEvents.OnNotCreated(in CreatedMessage message)
    {
        if (_factory.TryRemove(message.Envelope.Id, out var sandbox))
            sandbox!.Abandon(new SandboxException(SandboxStep.MakeSandbox, $"{sandbox.Image}, {message.Step}", message.Envelope.Errno));
    }

    void ILauncherEvents.OnKilled(in KillMessage message) => _factory.Find(message.Envelope.Id)?.Step?.NoteKill((KillReason)message.Reason, message.TimeNs);

    void ILauncherEvents.OnWorkspace(in Envelope message, SafeFileHandle? root) => _workspaces.OnAnswer(in message, root);

    void ILauncherEvents.OnLost()
    {
        var lost = _link.Replace(null);
        Abandon();
        lost?.Dispose();
        if (_stopping.IsCancellationRequested) return;
        Log.LauncherLost(_logger);
        _reconnecting = Task.Run(ReconnectAsync);
    }

    internal ValueTask RemoveWorkspaceAsync(MountedWorkspace workspace) => _workspaces.RemoveAsync(workspace.Id);

    private void Abandon()
    {
        var reason = LauncherGone();
        _factory.AbandonUncloned(reason);
        _workspaces.FailAll(reason);
    }

    private static SandboxException LauncherGone() => new(SandboxStep.TalkToLauncher, "the launcher", Errno.EPIPE);

    private static long ToNs(TimeSpan time) => time > TimeSpan.FromDays(3650) ? (long)TimeSpan.FromDays(3650).TotalNanoseconds : (long)time.TotalNanoseconds;

    // Null where the sandbox died before it could be taken.
    private RunningStep? Dispatch(LiveSandbox sandbox, StepLaunch launch)
    {
        var now = BootClock.Instance.GetTimestamp();
        var deadline = now + ToNs(launch.WallTime);
        var memo = new StepMemo
        {
            CpuLimitNs = ToNs(launch.CpuTime),
            OutputBytes = launch.OutputBytes,
            CaptureBytes = launch.CaptureBytes,
            StartedAtUtcTicks = _time.GetUtcNow().UtcTicks,
            Cpus = launch.Group.Cpus,
            Baseline = BaselineOf(sandbox),
        };
        var step = new RunningStep(sandbox, _room, launch.Attempt, launch.StepIndex, in memo, now) { Reported = () => _pool.Refill(launch.Image) };
        if (!sandbox.TryTake(step)) return null;
        try
        {
            sandbox.Group.Apply(launch.Group);
            // PID 1 first: what the launcher has not noted down, never starts. See Cloner.cs.
            var errno = StartMessageWriter.TrySend(sandbox.Control, launch, deadline);
            if (errno != 0) throw new SandboxException(SandboxStep.StartStep, string.Create(CultureInfo.InvariantCulture, $"{launch.Attempt}, step {launch.StepIndex}"), errno);
            var resize = launch.ScratchBytes != _options.WarmScratchBytes || launch.ScratchInodes != _options.WarmScratchInodes;
            var message = new DispatchMessage
            {
                ScratchBytes = resize ? launch.ScratchBytes : 0,
                ScratchInodes = resize ? launch.ScratchInodes + SandboxFactory.OwnInodes : 0,
                Note = StepNotes.Write(launch, in memo, now, deadline),
            };
            message.Envelope.Kind = MessageKind.Dispatch;
            message.Envelope.Id = sandbox.Id;
            _link.Send(in message);
        }
        catch
        {
            _factory.TryRemove(sandbox.Id, out _);
            sandbox.Release();
            throw;
        }

        _room.Cpu.Add(step, now);
        _room.Memory.Add(step);
        return step;
    }

    // PID 1 ran on for a moment after it had said that it was ready: that is overhead too. Where the file cannot be read, what was read then stands.
    private static GroupCounters BaselineOf(LiveSandbox sandbox)
    {
        try
        {
            return sandbox.Baseline with { CpuNs = sandbox.Group.ReadCpuNs() };
        }
        catch (Exception e) when (e is SandboxException or ObjectDisposedException)
        {
            return sandbox.Baseline;
        }
    }

    private void SendLease()
    {
        var message = new LeaseMessage { EndNs = Volatile.Read(ref _leaseEndNs) };
        message.Envelope.Kind = MessageKind.RenewLease;
        _link.Send(in message);
    }

    private void Adopt(LauncherConnection connection)
    {
        var steps = new List<RunningStep>();
        foreach (var adopted in connection.Adopted)
        {
            var note = adopted.Message.Note;
            if (_factory.Adopt(adopted) is { } step) steps.Add(step);
            else Log.GroupGone(_logger, StepNotes.Attempt(in note), note.StepIndex);
        }

        foreach (var step in steps)
        {
            _room.Cpu.AddAdopted(step, BootClock.Instance.GetTimestamp());
            _room.Memory.Add(step);
        }

        Adopted = steps;
        AdoptedWorkspaces = [.. connection.AdoptedWorkspaces.Select(w => _workspaces.Adopt((long)w.Id, w.Root))];
    }

    // Only now: what is in use has been adopted, so any other group is an unused sandbox's, or of a launcher that is gone.
    private void Sweep(ICgroupDriver cgroups)
    {
        var used = _factory.Live.Select(s => s.Group.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in cgroups.List().Where(n => !used.Contains(n)))
        {
            if (cgroups.Open(name) is not { } group) continue;
            group.Kill();
            _factory.AddUnusedCpu(group.ReadCpuNs());
            _room.Remover.Add(group);
        }
    }

    private async Task ReconnectAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            LauncherConnection? connection = null;
            try
            {
                connection = LauncherConnection.Open(await LauncherProcess.ConnectOrStartAsync(_options, Volatile.Read(ref _leaseEndNs), _time, _stopping.Token));
                TakeUp(connection);
                Log.Reconnected(_logger, connection.LauncherProcessId);
                return;
            }
            catch (Exception e)
            {
                // A launcher serves one connection at a time: a half-made one would keep us out for ever. And who asked over it waits for an answer.
                _link.Replace(null);
                Abandon();
                connection?.Dispose();
                if (_stopping.IsCancellationRequested) return;
                Log.ReconnectFailed(_logger, e);
                await Task.Delay(ReconnectPause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void TakeUp(LauncherConnection connection)
    {
        // Where the old launcher lives and had only given us up as stuck, it tells of steps that we hold already.
        foreach (var adopted in connection.Adopted)
        {
            foreach (var descriptor in adopted.Descriptors) descriptor.Dispose();
        }

        foreach (var (_, root) in connection.AdoptedWorkspaces) root.Dispose();
        _link.Replace(connection);
        SendLease();
        _workspaces.Reconcile(connection.AdoptedWorkspaces.Select(w => w.Id));
        foreach (var adopted in connection.Adopted.Where(a => _factory.Find(a.Message.Envelope.Id) is null)) _link.Release(adopted.Message.Envelope.Id);
        connection.Listen(_loop, this);
        foreach (var image in _options.Prewarm) _pool.Refill(image);
    }

    private static partial class Log
    {
        [LoggerMessage(3050, LogLevel.Information, "Sandboxes are ready to be made by launcher {ProcessId}; {Steps} steps and {Workspaces} workspaces of an earlier agent process were adopted.")]
        public static partial void Started(ILogger logger, int processId, int steps, int workspaces);

        [LoggerMessage(3051, LogLevel.Error, "The launcher's connection was lost; another launcher is being started.")]
        public static partial void LauncherLost(ILogger logger);

        [LoggerMessage(3052, LogLevel.Information, "Launcher {ProcessId} has taken over.")]
        public static partial void Reconnected(ILogger logger, int processId);

        [LoggerMessage(3053, LogLevel.Error, "Starting another launcher failed; trying again.")]
        public static partial void ReconnectFailed(ILogger logger, Exception exception);

        [LoggerMessage(3055, LogLevel.Warning, "Unused sandboxes still live {Seconds} s after the stop; the launcher kills them.")]
        public static partial void StillUnused(ILogger logger, double seconds);

        [LoggerMessage(3054, LogLevel.Error, "The group of {AttemptId}, step {StepIndex}, is gone; the step cannot be adopted.")]
        public static partial void GroupGone(ILogger logger, Corral.Shared.Jobs.AttemptId attemptId, int stepIndex);
    }
}
