using Corral.Agent.Cgroups;

namespace Corral.Agent.Tests.Cgroups;

public sealed class GroupNameTests
{
    [Fact]
    public void An_instance_is_named_after_its_state_folder_however_it_is_written()
    {
        var name = GroupName.InstanceOf("/var/lib/corral");
        Assert.Matches("^[0-9a-f]{8}$", name);
        Assert.Equal(name, GroupName.InstanceOf("/var/lib/../lib/corral/"));
        Assert.NotEqual(name, GroupName.InstanceOf("/var/lib/corral2"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("é")]
    [InlineData(".hidden")]
    public void A_name_is_one_plain_path_component(string name) => Assert.Throws<ArgumentException>(() => GroupName.Check(name));

    [Theory]
    [InlineData("s-1")]
    [InlineData("0198c0de-0000-7000-8000-000000000000.3")]
    public void Plain_names_pass(string name) => GroupName.Check(name);
}
