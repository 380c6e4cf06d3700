using System.Globalization;
using Corral.Cli.Client;
using Corral.Shared.Jobs;

namespace Corral.Cli.Output;

/// <summary>Jobs and their steps for people.</summary>
internal static class JobTable
{
    public static void Print(JobAnswer job)
    {
        Console.WriteLine($"job      {job.Id}");
        Console.WriteLine($"tenant   {job.Tenant}");
        Console.WriteLine($"state    {job.State}{(job.QueueReason is { } reason ? $" ({reason})" : "")}");
        if (job.Verdict is { } verdict)
            Console.WriteLine($"verdict  {verdict}");
        Console.WriteLine($"times    submitted {Printer.Time(job.SubmittedAt)}, ended {Printer.Time(job.EndedAt)}");
        if (job.Receipt is { } receipt)
            Console.WriteLine($"charge   {Printer.Money(receipt.TotalNano)} (rate card {receipt.RateCard.Id})");
        if (job.Steps.Count == 0)
            return;
        Console.WriteLine();
        Printer.Table(
            ["step", "verdict", "exit", "cpu ms", "wall ms", "peak memory", "facts"],
            job.Steps.Select(step => (IReadOnlyList<string>)[step.Name, Verdict(step), Exit(step.Facts), Cpu(step), Wall(step), Peak(step), Facts(step)]),
            2, 3, 4, 5);
    }

    public static string Verdict(StepAnswer step) => step.Verdict?.ToString() ?? step.State.ToString();

    public static string Exit(StepFacts facts) => facts switch
    {
        { ExitCode: { } code } => code.ToString(CultureInfo.InvariantCulture),
        { Signal: { } signal } => $"sig {signal}",
        { Errno: { } errno } => $"errno {errno}",
        _ => "-",
    };

    public static string Cpu(StepAnswer step) => step.Usage is { } usage ? Printer.Milliseconds(usage.CpuNs) : "-";

    public static string Wall(StepAnswer step) => step.Usage is { } usage ? Printer.Milliseconds(usage.WallNs) : "-";

    public static string Peak(StepAnswer step) => Printer.Bytes(step.Usage?.MemoryPeakBytes);

    public static string Facts(StepAnswer step)
    {
        var facts = step.Facts;
        List<string> words = [];
        if (facts.OutputMatches is { } matches)
            words.Add(matches ? "output matches" : "output differs");
        if (facts.OomKills > 0)
            words.Add($"{facts.OomKills} OOM kills");
        if (facts.PidsLimitHit)
            words.Add("pids limit");
        if (facts.DiskLimitHit)
            words.Add("disk limit");
        if (facts.InodeLimitHit)
            words.Add("inode limit");
        if (facts.FileSizeLimitHit)
            words.Add("file size limit");
        if (facts.Throttled)
            words.Add("throttled");
        if (facts.Truncated)
            words.Add($"truncated at {Printer.Bytes(facts.StdoutBytes + facts.StderrBytes)}");
        if ((facts.Detail ?? step.SkipReason) is { } detail)
            words.Add(detail);
        return string.Join(", ", words);
    }
}
