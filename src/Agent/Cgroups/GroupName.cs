using System.Security.Cryptography;
using System.Text;

namespace Corral.Agent.Cgroups;

/// <summary>The names of our own groups.</summary>
internal static class GroupName
{
    /// <summary>What every instance's group begins with.</summary>
    public const string Prefix = "corral-";

    /// <summary>The slice: the parent of the sandboxes' groups and of nothing else.</summary>
    public const string Slice = "sandboxes";

    /// <summary>Where the agent and the launcher live, beside the slice.</summary>
    public const string Agent = "agent";

    /// <summary>Names an instance after its state folder, so that two on one host do not meet: 8 hexadecimal digits of its path's SHA-256.</summary>
    public static string InstanceOf(string stateDirectory)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(stateDirectory));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8];
    }

    /// <summary>Throws where a name is not one plain path component: letters, digits, '-', '_' and '.', not first a dot.</summary>
    public static void Check(string name)
    {
        var plain = name.Length is > 0 and <= 64 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!plain) throw new ArgumentException($"'{name}' is no name for a group.", nameof(name));
    }
}
