using Microsoft.Extensions.Logging;

namespace Corral.Agent.Metering;

/// <summary>
/// What the agent promised and measured, on disk before anybody is told. One thread writes: it takes everything that was appended while the disk was
/// busy, writes it as one group, and one fsync makes all of it durable, so that the cost of an fsync is shared by all who wait for it.
/// <para>
/// A full disk does not fail an append: it waits, and <see cref="IsBlocked"/> tells the agent to take no more work. A failed fsync is final: Linux may
/// have dropped the dirty pages, so no later fsync can be believed (https://lwn.net/Articles/752063/).
/// </para>
/// </summary>
internal sealed partial class Journal : IDisposable
{
    private readonly JournalOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _writer;
    private readonly JournalBuffer _buffer = new();
    private readonly JournalState _state;
    private JournalFile _file;
    private Group _pending = new();
    private long _nextSequence;
    private long _compactAt;
    private bool _stopping;
    private JournalException? _failure;

    private Journal(JournalFile file, JournalState state, long nextSequence, JournalOptions options, ILogger logger)
    {
        _file = file;
        _state = state;
        _nextSequence = nextSequence;
        _options = options;
        _logger = logger;
        _compactAt = options.CompactBytes;
        _writer = new Thread(Write) { Name = "journal", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Set while the disk is full: take no work.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Opens or creates the journal in a directory, cuts off a torn tail, and says which attempts the agent still answers for.</summary>
    /// <exception cref="JournalException">Another process holds it, or it is damaged before its end.</exception>
    public static Journal Open(string directory, JournalOptions options, ILogger logger, out IReadOnlyList<JournalledAttempt> attempts)
    {
        var state = new JournalState();
        var file = JournalFile.Open(directory, options.Fsync, state, out var nextSequence, out var cutBytes);
        if (cutBytes > 0)
            Log.TailCut(logger, cutBytes, file.Path);
        attempts = [.. state.Attempts];
        return new Journal(file, state, nextSequence, options, logger);
    }

    /// <summary>Appends an entry and returns it; the task ends when it is durable.</summary>
    /// <param name="state">Handed to <paramref name="make"/>.</param>
    /// <param name="make">Makes the entry from the first of its sequences; runs under the journal's lock.</param>
    /// <param name="sequences">How many sequences it takes.</param>
    /// <param name="lazy">Let it ride along with the next entry that somebody waits for.</param>
    public (TEntry Entry, Task Durable) Append<TState, TEntry>(TState state, Func<TState, long, TEntry> make, int sequences = 1, bool lazy = false)
        where TEntry : JournalEntry
    {
        Task durable;
        TEntry entry;
        lock (_gate)
        {
            if (_failure is { } failure)
                throw failure;
            ObjectDisposedException.ThrowIf(_stopping, this);
            entry = make(state, _nextSequence);
            _nextSequence += sequences;
            _pending.Entries.Add(entry);
            _pending.IsAwaited |= !lazy;
            durable = _pending.Durable.Task;
        }

        if (!lazy)
            _wake.Set();
        return (entry, durable);
    }

    /// <summary>Writes what is pending and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
        }

        _wake.Set();
        _writer.Join();
        _wake.Dispose();
        _file.Dispose();
    }

    private void Write()
    {
        while (true)
        {
            Group group;
            long nextSequence;
            bool stopping;
            lock (_gate)
            {
                stopping = _stopping;
                group = _pending;
                nextSequence = _nextSequence;
                if (group.IsAwaited || (stopping && group.Entries.Count > 0))
                    _pending = new Group();
                else
                    group = Group.None;
            }

            if (group != Group.None)
                Write(group, nextSequence);
            else if (stopping)
                return;
            else
                _wake.WaitOne();
        }
    }

    private void Write(Group group, long nextSequence)
    {
        try
        {
            var written = _file.Write(_buffer, group.Entries, nextSequence);
            while (!written && Wait())
                written = _file.Write(_buffer, group.Entries, nextSequence);
            if (!written)
                throw new JournalException($"Writing the journal '{_file.Path}' failed: the disk is still full at shutdown.");
            Unblock();
            _file.Sync();
            foreach (var entry in group.Entries)
                _state.Apply(entry);
            group.Durable.SetResult();
            if (_file.Length >= _compactAt)
                Compact(nextSequence);
        }
        catch (Exception failure) when (failure is JournalException or IOException or SandboxException or UnauthorizedAccessException)
        {
            Fail(group, failure as JournalException ?? new JournalException($"Making the journal '{_file.Path}' durable failed: {failure.Message} The agent must be restarted when the disk works.", failure));
        }
    }

    // The disk is full: say so once, and try again until there is room or the agent stops.
    private bool Wait()
    {
        if (!IsBlocked)
        {
            IsBlocked = true;
            Log.DiskFull(_logger, _file.Path);
        }

        // Woken by a stop, and by whoever appends: then there may be room already. What is pending is looked for before the next rest.
        _wake.WaitOne(_options.FullRetry);
        lock (_gate)
            return !_stopping;
    }

    private void Unblock()
    {
        if (!IsBlocked)
            return;
        IsBlocked = false;
        Log.DiskHasRoom(_logger, _file.Path);
    }

    private void Compact(long nextSequence)
    {
        if (_file.TryReplace(_buffer, _state.Snapshot(), nextSequence) is { } replacement)
        {
            _file = replacement;
            // Work that is open at this moment may be large: never rewrite more often than the file doubles.
            _compactAt = Math.Max(_options.CompactBytes, _file.Length * 2);
        }
        else
        {
            _compactAt = _file.Length + _options.CompactBytes;
        }
    }

    private void Fail(Group group, JournalException failure)
    {
        Log.Failed(_logger, failure);
        Group pending;
        lock (_gate)
        {
            _failure = failure;
            pending = _pending;
            _pending = new Group();
        }

        group.Durable.TrySetException(failure);
        pending.Durable.TrySetException(failure);
    }

    private sealed class Group
    {
        public static readonly Group None = new();

        public List<JournalEntry> Entries { get; } = [];

        public TaskCompletionSource Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsAwaited { get; set; }
    }
}
