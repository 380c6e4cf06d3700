using Orleans.Serialization.Configuration;

namespace Corral.Grains.Tests;

/// <summary>The members that grains can use, against the checked list src/Grains.Local/members.approved.txt.</summary>
public sealed class MemberTests
{
    [Fact]
    public void The_runtimes_members_are_those_of_the_list()
    {
        var listed = File.ReadAllLines("members.approved.txt").Where(line => !line.StartsWith("own: ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(listed);
        var actual = new[] { typeof(Grain).Assembly, typeof(GenerateSerializerAttribute).Assembly, typeof(TypeManifestOptions).Assembly }
            .Distinct().SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(PublicMembers.Of).ToHashSet();
        Assert.Equal([], listed.Except(actual));
    }
}
