using Spectre.Console;

namespace Corral.Cli.Demo;

/// <summary>Shows how far the days are: bars on a terminal, else a line whenever another quarter is done; always on stderr, beside the results.</summary>
internal static class DemoProgress
{
    private const int Quarters = 4;

    /// <param name="days">Each day's name and its number of steps.</param>
    /// <param name="work">Is given what to call with a day's name and its steps ended so far.</param>
    public static async Task ShowAsync(IEnumerable<(string Name, int Steps)> days, Func<Action<string, int>, Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await LinesAsync(days.ToDictionary(), work);
            return;
        }

        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await terminal.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(progress =>
            {
                var bars = days.ToDictionary(day => day.Name, day => progress.AddTask(day.Name, maxValue: day.Steps));
                return work((day, ended) => bars[day].Value = ended);
            });
    }

    private static Task LinesAsync(Dictionary<string, int> days, Func<Action<string, int>, Task> work)
    {
        var said = days.ToDictionary(day => day.Key, _ => 0);
        return work((day, ended) =>
        {
            var quarter = ended * Quarters / days[day];
            if (quarter <= said[day])
                return;
            said[day] = quarter;
            Console.Error.WriteLine($"{day}: {ended} of {days[day]} steps");
        });
    }
}
