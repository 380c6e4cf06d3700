using System.Globalization;

namespace Corral.Bench.Report;

/// <summary>Prints the rows and keeps every raw sample in a file beside them.</summary>
internal sealed class BarReport : IDisposable
{
    private readonly StreamWriter _raw;

    public BarReport(string suite, string directory)
    {
        Directory.CreateDirectory(directory);
        var now = DateTime.UtcNow;
        Path = System.IO.Path.Combine(directory, $"{suite}-{now:yyyyMMdd'T'HHmmss'Z'}.csv");
        _raw = new StreamWriter(Path);
        foreach (var line in Machine.Describe(now))
        {
            Console.WriteLine(line);
            _raw.WriteLine($"# {line}");
        }
        _raw.WriteLine("row,round,index,value,unit");
    }

    public string Path { get; }

    public bool Failed { get; private set; }

    /// <summary>bench/results of the checkout that the program was built in.</summary>
    public static string ResultsDirectory()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(System.IO.Path.Combine(at.FullName, "scheduler.sln")))
            at = at.Parent;
        return System.IO.Path.Combine(at?.FullName ?? Directory.GetCurrentDirectory(), "bench", "results");
    }

    public void AtMost(string name, double value, double bar, string unit = "") => Row(name, value, bar, "<=", value <= bar, unit);

    public void AtLeast(string name, double value, double bar, string unit = "") => Row(name, value, bar, ">=", value >= bar, unit);

    /// <summary>A row that could not be measured is a failed row: nothing is skipped in silence.</summary>
    public void Unmeasured(string name, string bar, string why)
    {
        Failed = true;
        Write($"BAR {name} - {bar} fail");
        Note($"{name}: not measured: {why}");
    }

    /// <summary>A number that stands beside a bar and is not one.</summary>
    public void Info(string name, double value, string unit) => Write($"INFO {name} {Format(value)}{unit}");

    public void Note(string text) => Write($"NOTE {text}");

    public void Sample(string row, int round, int index, double value, string unit) =>
        _raw.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row},{round},{index},{value},{unit}"));

    public void Dispose()
    {
        _raw.Dispose();
        Console.WriteLine($"Raw samples: {System.IO.Path.GetRelativePath(Directory.GetCurrentDirectory(), Path)}");
    }

    private void Row(string name, double value, double bar, string sign, bool passed, string unit)
    {
        Failed |= !passed;
        Write($"BAR {name} {Format(value)}{unit} {sign}{Format(bar)}{unit} {(passed ? "pass" : "fail")}");
    }

    private void Write(string line)
    {
        Console.WriteLine(line);
        _raw.WriteLine($"# {line}");
        _raw.Flush();
    }

    private static string Format(double value) => value switch
    {
        0 => "0",
        _ when Math.Abs(value) >= 1000 => value.ToString("F0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
