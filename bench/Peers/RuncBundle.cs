using System.Text.Json;
using Corral.Bench.Fixtures;

namespace Corral.Bench.Peers;

/// <summary>The least config.json that gives a runc container the same namespaces, /dev and /proc.</summary>
internal static class RuncBundle
{
    public static string Write(BenchRoot root, string program)
    {
        var bundle = Path.Combine(root.Directory, "runc-" + Path.GetFileName(program));
        Directory.CreateDirectory(bundle);
        File.WriteAllText(Path.Combine(bundle, "config.json"), JsonSerializer.Serialize(new
        {
            ociVersion = "1.0.2",
            root = new { path = root.Rootfs, @readonly = true },
            hostname = "sandbox",
            process = new
            {
                terminal = false,
                user = new { uid = 0, gid = 0 },
                args = new[] { program },
                cwd = "/",
                env = Array.Empty<string>(),
                noNewPrivileges = true,
                capabilities = new { bounding = Array.Empty<string>(), effective = Array.Empty<string>(), permitted = Array.Empty<string>() },
            },
            mounts = new object[]
            {
                new { destination = "/proc", type = "proc", source = "proc" },
                new { destination = "/dev", type = "tmpfs", source = "tmpfs", options = new[] { "nosuid", "mode=755", "size=65536k" } },
            },
            linux = new
            {
                cgroupsPath = "/corral-bench-runc",
                namespaces = new[] { "mount", "pid", "network", "ipc", "uts" }.Select(type => new { type }).ToArray(),
            },
        }));
        return bundle;
    }
}
