using Corral.Shared.Jobs;

namespace Corral.Grains.Tests;

/// <summary>A message with numbered members, one of which may be changed after it was sent.</summary>
[GenerateSerializer, Alias("corral.tests.parcel")]
internal sealed record Parcel([property: Id(0)] string Label, [property: Id(1)] List<int> Weights, [property: Id(2)] Parcel? Inner);

/// <summary>A message that promises never to change.</summary>
[GenerateSerializer, Immutable, Alias("corral.tests.sealed-parcel")]
internal sealed record SealedParcel([property: Id(0)] string Label, [property: Id(1)] IReadOnlyList<int> Weights);

internal interface IWireGrain : IGrainWithStringKey
{
    Task Keep(Parcel parcel);

    Task<Parcel> Kept();

    Task KeepSealed(SealedParcel parcel);

    Task<SealedParcel> KeptSealed();

    Task KeepMarked([Immutable] List<int> numbers);

    /// <summary>The very list it keeps.</summary>
    Task<bool> KeepsThis([Immutable] List<int> numbers);

    Task<IReadOnlyList<JobSpec>> EchoJobs(IReadOnlyList<JobSpec> jobs);

    Task<Dictionary<string, long?>> EchoMap(Dictionary<string, long?> map);

    Task<Verdict> EchoVerdict(Verdict verdict);
}

internal sealed class WireGrain : Grain, IWireGrain
{
    private Parcel? _parcel;
    private SealedParcel? _sealed;
    private List<int>? _numbers;

    public Task Keep(Parcel parcel)
    {
        _parcel = parcel;
        return Task.CompletedTask;
    }

    public Task<Parcel> Kept() => Task.FromResult(_parcel!);

    public Task KeepSealed(SealedParcel parcel)
    {
        _sealed = parcel;
        return Task.CompletedTask;
    }

    public Task<SealedParcel> KeptSealed() => Task.FromResult(_sealed!);

    public Task KeepMarked(List<int> numbers)
    {
        _numbers = numbers;
        return Task.CompletedTask;
    }

    public Task<bool> KeepsThis(List<int> numbers) => Task.FromResult(ReferenceEquals(_numbers, numbers));

    public Task<IReadOnlyList<JobSpec>> EchoJobs(IReadOnlyList<JobSpec> jobs) => Task.FromResult(jobs);

    public Task<Dictionary<string, long?>> EchoMap(Dictionary<string, long?> map) => Task.FromResult(map);

    public Task<Verdict> EchoVerdict(Verdict verdict) => Task.FromResult(verdict);
}
