namespace Corral.Grains.Tests;

internal interface ILifeGrain : IGrainWithStringKey
{
    /// <summary>Which activation of the grain answers, counted from 1 over the whole test.</summary>
    Task<int> Life();

    Task<string> Key();

    Task Leave();

    /// <summary>Asks to be deactivated, then holds on until the cue.</summary>
    Task LeaveThenHold(string entered, string release);

    Task Append(int number);

    Task Hold(string entered, string release);
}

/// <summary>Notes its life on the stage, under its key. A key with '-slow' awaits a cue in OnActivateAsync.</summary>
internal sealed class LifeGrain(Stage stage) : Grain, ILifeGrain
{
    private int _life;

    private string Name => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stage.Give($"{Name} activating");
        if (Name.EndsWith("-slow", StringComparison.Ordinal)) await stage.Await($"{Name} may activate");
        _life = stage.Given($"{Name} activating");
        stage.Note($"{Name} activated");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stage.Note($"{Name} deactivated {reason.ReasonCode}");
        stage.Give($"{Name} deactivated");
        return Task.CompletedTask;
    }

    public Task<int> Life() => Task.FromResult(_life);

    public Task<string> Key() => Task.FromResult(Name);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task LeaveThenHold(string entered, string release)
    {
        DeactivateOnIdle();
        await Hold(entered, release);
        stage.Note($"{Name} held");
    }

    public Task Append(int number)
    {
        stage.Note($"{Name} life {_life} got {number}");
        return Task.CompletedTask;
    }

    public async Task Hold(string entered, string release)
    {
        stage.Give(entered);
        await stage.Await(release);
    }
}

internal interface IFailingGrain : IGrainWithStringKey
{
    Task<int> Life();
}

/// <summary>Fails its first activation: in the constructor or in OnActivateAsync, as its class says.</summary>
internal abstract class FailingGrain(Stage stage, string where) : Grain
{
    private readonly int _life = Count(stage, where);

    public Task<int> Life() => Task.FromResult(_life);

    protected bool First => _life == 1;

    private static int Count(Stage stage, string where)
    {
        stage.Give(where);
        return stage.Given(where);
    }
}

internal interface IFailsInOnActivateGrain : IFailingGrain;

internal sealed class FailsInOnActivateGrain(Stage stage) : FailingGrain(stage, "fails in OnActivateAsync"), IFailsInOnActivateGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        First ? throw new InvalidOperationException("The first activation fails.") : Task.CompletedTask;
}

internal interface IFailsInConstructorGrain : IFailingGrain;

internal sealed class FailsInConstructorGrain : FailingGrain, IFailsInConstructorGrain
{
    public FailsInConstructorGrain(Stage stage) : base(stage, "fails in the constructor")
    {
        if (First) throw new InvalidOperationException("The first activation fails.");
    }
}
