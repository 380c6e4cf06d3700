using System.Text.Json;
using Corral.Shared.Jobs;

namespace Corral.Grains.Tests;

public sealed class WireTests(GrainHost host) : IClassFixture<GrainHost>
{
    private IWireGrain Grain => host.Grains.GetGrain<IWireGrain>(TestContext.Current.Test!.TestDisplayName);

    [Fact]
    public async Task Changing_an_argument_after_the_call_changes_nothing_in_the_grain()
    {
        var parcel = new Parcel("box", [1, 2], null);
        await Grain.Keep(parcel);
        parcel.Weights.Add(3);
        Assert.Equal([1, 2], (await Grain.Kept()).Weights);
    }

    [Fact]
    public async Task Changing_a_result_changes_nothing_in_the_grain()
    {
        await Grain.Keep(new Parcel("box", [1, 2], null));
        (await Grain.Kept()).Weights.Add(3);
        Assert.Equal([1, 2], (await Grain.Kept()).Weights);
    }

    [Fact]
    public async Task A_record_with_numbered_members_arrives_whole()
    {
        await Grain.Keep(new Parcel("outer", [1], new Parcel("inner", [], null)));
        var kept = await Grain.Kept();
        Assert.Equal("outer", kept.Label);
        Assert.Equal([1], kept.Weights);
        Assert.Equal("inner", kept.Inner!.Label);
        Assert.Empty(kept.Inner.Weights);
        Assert.Null(kept.Inner.Inner);
    }

    [Fact]
    public async Task An_immutable_record_is_shared_not_copied()
    {
        var parcel = new SealedParcel("box", [1, 2]);
        await Grain.KeepSealed(parcel);
        Assert.Same(parcel, await Grain.KeptSealed());
    }

    [Fact]
    public async Task An_immutable_argument_is_shared_not_copied()
    {
        var numbers = new List<int> { 1 };
        await Grain.KeepMarked(numbers);
        Assert.True(await Grain.KeepsThis(numbers));
    }

    [Fact]
    public async Task Jobs_of_the_shared_language_arrive_whole()
    {
        JobSpec job = new()
        {
            Tenant = "t1",
            Priority = -3,
            Labels = new Dictionary<string, string> { ["course"] = "algorithms", ["größe"] = "日本" },
            Steps =
            [
                new StepSpec { Name = "build", Command = ["cc", "-O2", "a.c"], Stdin = new Content("text", null), Outputs = ["*.log"] },
                new StepSpec { Name = "run", Command = ["/box/a"], Needs = ["build"], Limits = new() { Cpus = 0.5, MemoryBytes = 1L << 40 } },
            ],
        };
        var echoed = Assert.Single(await Grain.EchoJobs([job]));
        Assert.Equal(JsonSerializer.Serialize(job), JsonSerializer.Serialize(echoed));
    }

    [Fact]
    public async Task Maps_and_numbers_arrive_whole()
    {
        var map = new Dictionary<string, long?> { ["most"] = long.MaxValue, ["least"] = long.MinValue, ["none"] = null };
        Assert.Equal(map, await Grain.EchoMap(map));
    }

    [Theory]
    [InlineData(Verdict.Succeeded)]
    [InlineData(Verdict.SandboxBroke)]
    public async Task Enums_of_the_shared_language_arrive(Verdict verdict) => Assert.Equal(verdict, await Grain.EchoVerdict(verdict));
}
