using System.Globalization;
using Corral.Shared.Jobs;

namespace Corral.Cli.Demo;

/// <summary>A batch operator's day: two hundred small computations by two tenants, submitted many at a time.</summary>
internal static class BatchDay
{
    public const int JobsOfATenant = 100;
    private const int NumbersToSort = 1_000;

    public static IReadOnlyList<string> Tenants { get; } = ["numbers", "sorting"];

    private static readonly ResourceLimits Limits = new() { CpuTimeMs = 2_000, WallTimeMs = 20_000, MemoryBytes = 32 << 20, Pids = 8, ScratchBytes = 1 << 20 };

    public static IEnumerable<DemoJob> Jobs()
    {
        for (var i = 0; i < JobsOfATenant; i++)
        {
            yield return Factor(i);
            yield return Sort(i);
        }
    }

    // The product of two primes is all that factor(1) can find: 2³¹−1 and one of a short list.
    private static DemoJob Factor(int i)
    {
        ReadOnlySpan<int> primes = [1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081, 1_000_099, 1_000_117, 1_000_121, 1_000_133, 1_000_151];
        var product = (long)int.MaxValue * primes[i % primes.Length];
        return Job(0, i, ["factor", product.ToString(CultureInfo.InvariantCulture)], null, $"{product}: {primes[i % primes.Length]} {int.MaxValue}\n");
    }

    private static DemoJob Sort(int i)
    {
        var random = new Random(i);
        var numbers = Enumerable.Range(0, NumbersToSort).Select(_ => random.Next(1_000_000)).ToList();
        return Job(1, i, ["sort", "-n"], Lines(numbers), Lines(numbers.Order()));
    }

    private static DemoJob Job(int tenant, int number, IReadOnlyList<string> command, string? input, string output)
    {
        var step = new StepSpec
        {
            Name = command[0],
            Command = command,
            Stdin = input is null ? null : new Content(input, null),
            Expect = new Expectation(ExpectMode.Exact, new Content(output, null)),
            Limits = Limits,
        };
        return new DemoJob(
            $"{command[0]} {number + 1}",
            new JobSpec { Tenant = Tenants[tenant], Steps = [step] },
            [new ExpectedStep(command[0]) { ExitCode = 0, OutputMatches = true }]);
    }

    private static string Lines(IEnumerable<int> numbers) => string.Concat(numbers.Select(n => $"{n}\n"));
}
