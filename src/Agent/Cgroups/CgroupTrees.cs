using System.Text;

namespace Corral.Agent.Cgroups;

/// <summary>The cgroup hierarchies that this process sees: <c>/proc/self/cgroup</c> joined with <c>/proc/self/mountinfo</c>. https://man7.org/linux/man-pages/man7/cgroups.7.html</summary>
/// <param name="Unified">The cgroup2 hierarchy, null where it is not mounted.</param>
/// <param name="Legacy">The v1 hierarchies with controllers.</param>
internal sealed record CgroupTrees(CgroupTree? Unified, IReadOnlyList<CgroupTree> Legacy)
{
    /// <summary>Reads the two files of this process.</summary>
    public static CgroupTrees ReadOwn() => Parse(File.ReadAllText("/proc/self/cgroup"), File.ReadAllText("/proc/self/mountinfo"));

    /// <summary>Joins the contents of the two files; lines that make no sense are passed over.</summary>
    public static CgroupTrees Parse(string selfCgroup, string mountinfo)
    {
        var groups = selfCgroup.Split('\n').Select(l => l.Split(':', 3)).Where(p => p.Length == 3 && p[2].StartsWith('/'))
            .Select(p => (IsV2: p[0] == "0" && p[1].Length == 0, Controllers: p[1].Split(',', StringSplitOptions.RemoveEmptyEntries), Path: p[2])).ToList();
        var trees = new List<CgroupTree>();
        foreach (var mount in mountinfo.Split('\n'))
        {
            // 36 35 98:0 /root /mount/point rw,noatime shared:1 - cgroup2 source rw,options
            var halves = mount.Split(" - ", 2);
            if (halves.Length != 2) continue;
            var left = halves[0].Split(' ');
            var right = halves[1].Split(' ');
            if (left.Length < 6 || right.Length < 3 || right[0] is not ("cgroup" or "cgroup2")) continue;

            var isV2 = right[0] == "cgroup2";
            var options = right[2].Split(',');
            var own = groups.FirstOrDefault(g => isV2 ? g.IsV2 : g.Controllers.Length > 0 && !IsNamed(g.Controllers) && g.Controllers.All(options.Contains));
            if (own.Path is null) continue;
            trees.Add(new CgroupTree(Unescape(left[4]), Unescape(left[3]), isV2, left[5].Split(',').Contains("ro"), own.Controllers, own.Path));
        }

        // The same hierarchy may be mounted more than once: the last writable mount that shows our own group serves best.
        var best = trees.OrderBy(t => t.OwnDirectory is null).ThenBy(t => t.IsReadOnly).ToList();
        return new CgroupTrees(best.FirstOrDefault(t => t.IsV2), [.. best.Where(t => !t.IsV2).DistinctBy(t => string.Join(',', t.Controllers))]);
    }

    /// <summary>The v1 hierarchy that carries a controller.</summary>
    public CgroupTree? LegacyWith(string controller) => Legacy.FirstOrDefault(t => t.Controllers.Contains(controller));

    private static bool IsNamed(string[] controllers) => controllers.Any(c => c.StartsWith("name=", StringComparison.Ordinal));

    // Blank, tab, newline and backslash are printed as three octal digits.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                result.Append((char)(((text[i + 1] - '0') * 64) + ((text[i + 2] - '0') * 8) + (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
