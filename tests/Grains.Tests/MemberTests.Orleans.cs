using System.Reflection;
using Orleans.Serialization.Configuration;

namespace Corral.Grains.Tests;

/// <summary>
/// The members that grains can use, against the checked list src/Grains.Local/members.approved.txt.
/// What was compared with what is left beside the test's assembly as members.received.txt.
/// </summary>
public sealed class MemberTests
{
    [Fact]
    public void The_runtimes_members_are_those_of_the_list()
    {
        Assembly[] assemblies = [typeof(Grain).Assembly, typeof(GenerateSerializerAttribute).Assembly, typeof(TypeManifestOptions).Assembly];
        var actual = assemblies.SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(PublicMembers.Of).ToHashSet();
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "members.approved.txt")).Where(line => !line.StartsWith("own: ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(listed);
        File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "members.received.txt"), [
            .. Directory.GetFiles(AppContext.BaseDirectory, "Orleans.*.dll").Order(StringComparer.Ordinal).Select(Describe),
            .. listed.Select(line => (actual.Contains(line) ? "same " : "absent ") + line)]);
        Assert.Equal([], listed.Except(actual));
    }

    private static string Describe(string file)
    {
        var version = System.Diagnostics.FileVersionInfo.GetVersionInfo(file);
        return $"assembly {Path.GetFileNameWithoutExtension(file)} {version.ProductVersion}, file version {version.FileVersion}";
    }
}
