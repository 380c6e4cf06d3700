using System.Globalization;
using Corral.Cli.Client;
using Corral.Cli.Commands;
using Corral.Cli.Output;

namespace Corral.Cli.Demo;

/// <summary>What the demo prints: the table, the rate card, a receipt for each tenant.</summary>
internal static class DemoReport
{
    private static readonly string[] Columns = ["job", "step", "verdict", "exit", "cpu ms", "wall ms", "peak memory", "charge", "facts"];

    public static void Print(IReadOnlyList<(DemoJob Job, JobAnswer Answer)> ended, bool all)
    {
        Console.WriteLine();
        Printer.Table(Columns, ended.Where(e => all || e.Job.Spec.Tenant == JudgesDay.Tenant).SelectMany(Rows).Concat(all ? [] : Sums(ended)), 3, 4, 5, 6, 7);
        var card = ended[0].Answer.Receipt?.RateCard;
        if (card is null)
            return;
        Console.WriteLine();
        Console.WriteLine($"Rate card {card.Id}, in 10⁻⁹ units: {card.PerCpuSecond:N0} a cpu second used, {card.PerGibSecond:N0} a GiB second reserved, {card.PerJob:N0} a job; rounded half up once a job.");
    }

    public static void PrintReceipts(IEnumerable<TenantUsageAnswer> tenants)
    {
        Console.WriteLine();
        Console.WriteLine("Receipts");
        UsageCommand.Print(tenants);
    }

    private static IEnumerable<IReadOnlyList<string>> Rows((DemoJob Job, JobAnswer Answer) ended)
    {
        var (job, answer) = ended;
        foreach (var step in answer.Steps)
        {
            var line = answer.Receipt?.Lines.FirstOrDefault(l => l.StepIndex == step.Index);
            yield return
            [
                step.Index == 0 ? job.Title : "", step.Name, JobTable.Verdict(step), JobTable.Exit(step.Facts), JobTable.Cpu(step), JobTable.Wall(step), JobTable.Peak(step),
                line is null ? "-" : Printer.Money((long)Math.Round(line.CpuNano + line.MemoryNano)), JobTable.Facts(step),
            ];
        }

        if (answer.Receipt is { } receipt)
            yield return ["", "job", answer.Verdict?.ToString() ?? answer.State.ToString(), "", "", "", "", Printer.Money(receipt.TotalNano), $"with {Printer.Money(receipt.JobFeeNano)} for the job"];
    }

    private static IEnumerable<IReadOnlyList<string>> Sums(IReadOnlyList<(DemoJob Job, JobAnswer Answer)> ended)
    {
        foreach (var group in ended.Where(e => e.Job.Spec.Tenant != JudgesDay.Tenant).GroupBy(e => (e.Job.Spec.Tenant, e.Answer.Verdict)))
        {
            var steps = group.SelectMany(e => e.Answer.Steps).ToList();
            yield return
            [
                $"{group.Key.Tenant}, {group.Count()} jobs", steps.Select(s => s.Name).Distinct().Count() == 1 ? steps[0].Name : "all", group.Key.Verdict?.ToString() ?? "-",
                string.Join('/', steps.Select(s => JobTable.Exit(s.Facts)).Distinct()),
                Sum(steps, u => u.CpuNs), Sum(steps, u => u.WallNs), $"≤ {Printer.Bytes(steps.Max(s => s.Usage?.MemoryPeakBytes))}",
                Printer.Money(group.Sum(e => e.Answer.Receipt?.TotalNano ?? 0)), string.Create(CultureInfo.InvariantCulture, $"sums; 'corral demo --all' shows each"),
            ];
        }
    }

    private static string Sum(IEnumerable<StepAnswer> steps, Func<UsageAnswer, long> counter) =>
        Printer.Milliseconds(steps.Sum(s => s.Usage is { } usage ? counter(usage) : 0));
}
