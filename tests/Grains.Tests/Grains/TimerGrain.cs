namespace Corral.Grains.Tests;

internal interface ITimerGrain : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave);

    Task Change(TimeSpan due, TimeSpan period);

    Task Dispose();

    Task StartThrowing(TimeSpan due, TimeSpan period);

    /// <summary>A timer that disposes itself in its first tick.</summary>
    Task StartOnce(TimeSpan due, TimeSpan period);

    Task Hold(string entered, string release);

    Task Leave();

    Task<int> Ticks();
}

/// <summary>Counts ticks and gives the cue "KEY tick" for each.</summary>
internal sealed class TimerGrain(Stage stage) : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    public Task Start(TimeSpan due, TimeSpan period, bool interleave)
    {
        _timer = this.RegisterGrainTimer(
            static (grain, _) => grain.Tick(), this, new GrainTimerCreationOptions { DueTime = due, Period = period, Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Dispose()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task StartThrowing(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            async _ =>
            {
                await Tick();
                throw new InvalidOperationException("A tick that fails.");
            },
            new GrainTimerCreationOptions { DueTime = due, Period = period });
        return Task.CompletedTask;
    }

    public Task StartOnce(TimeSpan due, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            token =>
            {
                _timer!.Dispose();
                stage.Note($"{this.GetPrimaryKeyString()} token cancelled: {token.IsCancellationRequested}");
                return Tick();
            },
            new GrainTimerCreationOptions { DueTime = due, Period = period });
        return Task.CompletedTask;
    }

    public async Task Hold(string entered, string release)
    {
        stage.Give(entered);
        await stage.Await(release);
        stage.Note($"{this.GetPrimaryKeyString()} held, ticks {_ticks}");
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    private Task Tick()
    {
        _ticks++;
        stage.Give($"{this.GetPrimaryKeyString()} tick");
        return Task.CompletedTask;
    }
}
