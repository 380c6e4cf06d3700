using System.Globalization;

namespace Corral.Agent.Doctor;

/// <summary>Whether the ids that attempts run under are nobody else's: a uid that is shared shares signals, files and limits.</summary>
internal static class UserRangeCheck
{
    /// <summary>From the contents of <c>/etc/passwd</c> and <c>/etc/subuid</c> and the uids of running processes.</summary>
    public static DoctorCheck Of(int first, int count, string passwd, string subuid, IEnumerable<int> running)
    {
        const string name = "user_range";
        var last = first + count - 1;
        var range = $"uids {first}–{last}";
        if (first <= 0 || count <= 0 || last < first) return DoctorCheck.Fail(name, range, "Choose a range above 0.");
        bool Within(int id) => id >= first && id <= last;

        var accounts = passwd.Split('\n').Select(l => l.Split(':')).Where(p => p.Length > 2 && Id(p[2]) is { } id && Within(id)).Select(p => p[0]).ToList();
        if (accounts.Count > 0) return DoctorCheck.Fail(name, $"{range} hold the accounts {string.Join(", ", accounts.Take(5))}", "Choose a range without accounts.");
        var busy = running.Where(Within).Distinct().ToList();
        if (busy.Count > 0) return DoctorCheck.Warn(name, $"{range}: processes run under {string.Join(", ", busy.Take(5))}", "Choose another range, unless these are Corral's own steps.");

        var delegated = subuid.Split('\n').Select(l => l.Split(':')).Where(p => p.Length == 3 && Id(p[1]) is { } from && Id(p[2]) is { } length && from <= last && (long)from + length > first).Select(p => p[0]).ToList();
        return delegated.Count > 0
            ? DoctorCheck.Warn(name, $"{range} are delegated to {string.Join(", ", delegated.Take(5))} in /etc/subuid", "Choose a range that no account's containers use.")
            : DoctorCheck.Ok(name, $"{range} are free");
    }

    /// <summary>The owners of all processes.</summary>
    public static IEnumerable<int> RunningUsers()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(d[6])))
        {
            string? line = null;
            try
            {
                line = File.ReadLines(directory + "/status").FirstOrDefault(l => l.StartsWith("Uid:", StringComparison.Ordinal));
            }
            catch (IOException)
            {
                // it ended while we looked
            }

            if (line is not null && Id(line.Split('\t')[1]) is { } id) yield return id;
        }
    }

    private static int? Id(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
