namespace Corral.Grains.Tests;

internal interface ICallGrain : IGrainWithStringKey
{
    Task<int> Fail(string message);

    Task<int> FailAfterAwait(string message);

    Task<string> Echo(string? text);

    /// <summary>Asks another grain, which asks the next, down to zero.</summary>
    Task<int> CountDown(int from);

    /// <summary>Awaits its token and gives a cue when it was cancelled.</summary>
    Task AwaitCancellation(string entered, string cancelled, CancellationToken cancellationToken);

    Task NoteRun(string line, CancellationToken cancellationToken);

    Task Hold(string entered, string release);

    /// <summary>Calls the partner, which calls back into this grain while it waits.</summary>
    [ResponseTimeout("00:00:02")]
    Task Cycle(string partner, string closed);

    [ResponseTimeout("00:00:02")]
    Task CallBack(string first, string closed);

    [ResponseTimeout("00:00:02")]
    Task HoldWithTimeLimit(string entered, string release);

    [ResponseTimeout("00:00:02")]
    Task NoteRunWithTimeLimit(string line);
}

internal sealed class CallGrain(Stage stage) : Grain, ICallGrain
{
    public Task<int> Fail(string message) => throw new ArgumentException(message);

    public async Task<int> FailAfterAwait(string message)
    {
        await Task.Yield();
        throw new ArgumentException(message);
    }

    public Task<string> Echo(string? text) => Task.FromResult(text!);

    public async Task<int> CountDown(int from) =>
        from == 0 ? 0 : 1 + await GrainFactory.GetGrain<ICallGrain>($"{this.GetPrimaryKeyString()}'").CountDown(from - 1);

    public async Task AwaitCancellation(string entered, string cancelled, CancellationToken cancellationToken)
    {
        var own = TaskScheduler.Current;
        var seen = new TaskCompletionSource();
        using var registration = cancellationToken.Register(() =>
        {
            stage.Note($"{cancelled} in a turn: {TaskScheduler.Current == own}");
            seen.SetResult();
        });
        stage.Give(entered);
        await seen.Task;
        stage.Give(cancelled);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task NoteRun(string line, CancellationToken cancellationToken)
    {
        stage.Note(line);
        return Task.CompletedTask;
    }

    public async Task Hold(string entered, string release)
    {
        stage.Give(entered);
        await stage.Await(release);
    }

    public async Task Cycle(string partner, string closed) =>
        await GrainFactory.GetGrain<ICallGrain>(partner).CallBack(this.GetPrimaryKeyString(), closed);

    public async Task CallBack(string first, string closed)
    {
        var back = GrainFactory.GetGrain<ICallGrain>(first).NoteRunWithTimeLimit($"{closed} ran");
        stage.Give(closed);
        await back;
    }

    public Task HoldWithTimeLimit(string entered, string release) => Hold(entered, release);

    public Task NoteRunWithTimeLimit(string line)
    {
        stage.Note(line);
        return Task.CompletedTask;
    }
}
