namespace Corral.Grains.Tests;

/// <summary>What the turn tests ask of a grain, whether its class is reentrant or not.</summary>
internal interface ITurns : IGrainWithStringKey
{
    /// <summary>Gives a cue and awaits another.</summary>
    Task Hold(string entered, string release);

    Task Append(int number);

    Task<int[]> Appended();

    /// <summary>Two turns of busy work around an await; says whether another turn was seen at the same time.</summary>
    Task<bool> SawAnotherTurn();

    [AlwaysInterleave]
    Task Interleave(string entered, string release);

    /// <summary>Whether code before and after an await ran on one and the same task scheduler, not the pool's.</summary>
    Task<bool> KeepsItsScheduler();

    /// <summary>Calls Append through its own reference without awaiting, then appends by itself.</summary>
    Task AppendByReferenceThen(int byReference, int now);
}

internal interface ITurnGrain : ITurns;

internal interface IReentrantTurnGrain : ITurns;

internal abstract class Turns(Stage stage) : Grain, ITurns
{
    private readonly List<int> _appended = [];
    private int _inside;
    private Task _ownCall = Task.CompletedTask;

    public async Task Hold(string entered, string release)
    {
        stage.Give(entered);
        await stage.Await(release);
    }

    public Task Append(int number)
    {
        _appended.Add(number);
        return Task.CompletedTask;
    }

    public async Task<int[]> Appended()
    {
        await Task.Yield();
        return [.. _appended];
    }

    public async Task<bool> SawAnotherTurn()
    {
        var alone = Busy();
        await Task.Yield();
        return !(Busy() & alone);
    }

    public Task Interleave(string entered, string release) => Hold(entered, release);

    public async Task<bool> KeepsItsScheduler()
    {
        var before = TaskScheduler.Current;
        await Task.Run(static () => { });
        return before == TaskScheduler.Current && before != TaskScheduler.Default;
    }

    public Task AppendByReferenceThen(int byReference, int now)
    {
        _ownCall = this.AsReference<ITurns>().Append(byReference);
        _appended.Add(now);
        return Task.CompletedTask;
    }

    private bool Busy()
    {
        var alone = Interlocked.Increment(ref _inside) == 1;
        Thread.SpinWait(2_000);
        return Interlocked.Decrement(ref _inside) == 0 && alone;
    }
}

internal sealed class TurnGrain(Stage stage) : Turns(stage), ITurnGrain;

[Reentrant]
internal sealed class ReentrantTurnGrain(Stage stage) : Turns(stage), IReentrantTurnGrain;
