using Corral.Agent.Rootfs;
using Corral.Agent.Tests.Testing;

namespace Corral.Agent.Tests.Rootfs;

public sealed class HostSkeletonTests : IDisposable
{
    private readonly TempDirectory host = new();
    private readonly TempDirectory images = new();

    public HostSkeletonTests()
    {
        Directory.CreateDirectory(host.File("usr/bin"));
        File.CreateSymbolicLink(host.File("bin"), "usr/bin");
        Directory.CreateDirectory(host.File("lib64"));
        Directory.CreateDirectory(host.File("etc/alternatives"));
        File.CreateSymbolicLink(host.File("etc/alternatives/cc"), "/usr/bin/gcc");
        File.WriteAllText(host.File("etc/ld.so.cache"), "libs");
        File.WriteAllText(host.File("etc/shadow"), "root:secret");
        File.WriteAllText(host.File("etc/pip.conf"), "token");
        Directory.CreateDirectory(host.File("etc/ssl/certs"));
        Directory.CreateDirectory(host.File("etc/ssl/private"));
        File.WriteAllText(host.File("etc/ssl/private/key"), "secret");
        File.WriteAllText(host.File("etc/ssl/certs/public.pem"), "certificate");
        File.WriteAllText(host.File("etc/ssl/certs/mine.pem"), "secret");
        File.SetUnixFileMode(host.File("etc/ssl/certs/mine.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Merged_directories_are_links_and_others_are_bound()
    {
        Assert.Equal(["/usr", "/lib64"], HostSkeleton.Binds(host.Path));
        var plan = HostSkeleton.Plan(host.Path);
        Assert.Equal("usr/bin", plan.Single(e => e.Path == "bin").Target);
        Assert.True(plan.Single(e => e.Path == "lib64").IsDirectory);
        Assert.DoesNotContain(plan, e => e.Path == "lib32");
    }

    [Fact]
    public void Only_named_and_public_parts_of_etc_are_copied()
    {
        var paths = HostSkeleton.Plan(host.Path).Select(e => e.Path).ToList();
        Assert.Contains("etc/ld.so.cache", paths);
        Assert.Contains("etc/alternatives/cc", paths);
        Assert.Contains("etc/ssl/certs/public.pem", paths);
        Assert.DoesNotContain("etc/ssl/certs/mine.pem", paths);
        Assert.DoesNotContain(paths, p => p.Contains("shadow", StringComparison.Ordinal) || p.Contains("pip", StringComparison.Ordinal) || p.Contains("private", StringComparison.Ordinal));
    }

    [Fact]
    public void Parents_come_before_children_and_nothing_twice()
    {
        var seen = new HashSet<string> { "" };
        foreach (var entry in HostSkeleton.Plan(host.Path))
        {
            Assert.Contains(Path.GetDirectoryName(entry.Path)!, seen);
            Assert.True(seen.Add(entry.Path), entry.Path);
        }
    }

    [Fact]
    public void It_is_built_once_and_again_only_when_the_host_has_changed()
    {
        var target = images.File("host");
        Assert.True(SkeletonWriter.Ensure(target, HostSkeleton.Plan(host.Path)));
        Assert.False(SkeletonWriter.Ensure(target, HostSkeleton.Plan(host.Path)));

        File.WriteAllText(host.File("etc/ld.so.cache"), "more");
        Assert.True(SkeletonWriter.Ensure(target, HostSkeleton.Plan(host.Path)));
        Assert.Equal("more", File.ReadAllText(Path.Combine(target, "etc/ld.so.cache")));
        Assert.Equal("libs", File.ReadAllText(Path.Combine(target + ".replaced", "etc/ld.so.cache")));
    }

    [Theory]
    [InlineData("etc/passwd")]
    [InlineData("tmp")]
    [InlineData("etc/alternatives/cc")]
    public void A_damaged_skeleton_is_built_anew(string path)
    {
        var target = images.File("host");
        var plan = HostSkeleton.Plan(host.Path);
        SkeletonWriter.Ensure(target, plan);
        var victim = Path.Combine(target, path);
        if (path == "tmp") Directory.Delete(victim);
        else File.Delete(victim);
        if (path == "etc/passwd") File.WriteAllText(victim, "root::0:0:::\n");
        Assert.True(SkeletonWriter.Ensure(target, plan));
        Assert.True(SkeletonWriter.Matches(target, plan));
    }

    [Fact]
    public void An_interrupted_build_leaves_no_trace_in_the_next()
    {
        Directory.CreateDirectory(images.File("host.building/etc"));
        SkeletonWriter.Ensure(images.File("host"), HostSkeleton.Plan(host.Path));
        Assert.Equal(["host"], Directory.EnumerateFileSystemEntries(images.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Directories_for_everybody_carry_the_sticky_bit_and_roots_is_closed()
    {
        var target = images.File("host");
        SkeletonWriter.Ensure(target, HostSkeleton.Plan(host.Path));
        Assert.True(File.GetUnixFileMode(Path.Combine(target, "tmp")).HasFlag(UnixFileMode.StickyBit | UnixFileMode.OtherWrite));
        Assert.True(File.GetUnixFileMode(Path.Combine(target, "var/tmp")).HasFlag(UnixFileMode.StickyBit | UnixFileMode.OtherWrite));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(target, "root")));
    }

    public void Dispose()
    {
        host.Dispose();
        images.Dispose();
    }
}
