using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Sandbox;

/// <summary>
/// Keeps warm sandboxes of each image that is in use. Who comes when none is left waits for the next one that is made: a pool miss is the same
/// path, without the head start.
/// </summary>
internal sealed partial class SandboxPool : IAsyncDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly SandboxFactory _factory;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly int _warmCount;
    private readonly ConcurrentDictionary<string, Shelf> _shelves = new(StringComparer.Ordinal);
    private readonly Channel<Shelf> _wanting = Channel.CreateUnbounded<Shelf>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _warming;
    private volatile bool _stopping;

    public SandboxPool(SandboxFactory factory, int warmCount, ILogger logger, TimeProvider time)
    {
        _factory = factory;
        _warmCount = warmCount;
        _logger = logger;
        _time = time;
        _warming = Task.Run(WarmAsync);
    }

    /// <summary>How many wait for a step now.</summary>
    public int ReadyCount => _shelves.Values.Sum(s => s.ReadyCount);

    /// <summary>Starts a step in a sandbox that waits, else in the next that is made; null where that died before it could be taken.</summary>
    public async Task<RunningStep?> StartAsync(SandboxImage image, Func<LiveSandbox, RunningStep?> start, CancellationToken cancellationToken)
    {
        var shelf = ShelfOf(image);
        if (shelf.TryTake() is { } sandbox)
        {
            var step = start(sandbox);
            // While half is left the refill waits for the step's report: on a small host it would take the processor from the step it follows.
            if (shelf.ReadyCount < (_warmCount + 1) / 2) Refill(image);
            return step;
        }

        var request = new StepRequest(start);
        if (shelf.Wait(request)) Make(shelf, isAwaited: true);
        await using var registration = cancellationToken.UnsafeRegister(static (r, t) => ((StepRequest)r!).Cancel(t), request);
        return await request.Started;
    }

    /// <summary>Brings an image's sandboxes up to their number, in the background.</summary>
    public void Refill(SandboxImage image)
    {
        if (_warmCount > 0) _wanting.Writer.TryWrite(ShelfOf(image));
    }

    /// <summary>Makes no more. What is warm is the factory's to end.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _wanting.Writer.TryComplete();
        await _warming;
    }

    private Shelf ShelfOf(SandboxImage image) => _shelves.GetOrAdd(image.Name, static (_, i) => new Shelf(i), image);

    private async Task WarmAsync()
    {
        await foreach (var shelf in _wanting.Reader.ReadAllAsync())
        {
            while (!_stopping && shelf.TryPlan(_warmCount, _time.GetTimestamp())) Make(shelf, isAwaited: false);
        }
    }

    private void Make(Shelf shelf, bool isAwaited) => _factory.Create(shelf.Image, isAwaited, (sandbox, failure) =>
    {
        if (failure is null)
        {
            shelf.Put(sandbox!);
            return;
        }

        if (!_stopping) Log.NotMade(_logger, shelf.Image.Name, failure);
        shelf.Fail(failure, _time.GetTimestamp() + (long)(PauseAfterFailure.TotalSeconds * _time.TimestampFrequency));
    });

    private static partial class Log
    {
        [LoggerMessage(3040, LogLevel.Error, "A sandbox of image {Image} could not be made.")]
        public static partial void NotMade(ILogger logger, string image, Exception exception);
    }
}
