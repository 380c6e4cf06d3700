using System.Diagnostics;

namespace Corral.Bench.Fixtures;

/// <summary>
/// A rootfs of two programs, the same for every candidate: busybox, whose glibc start costs ~0.6 ms where CPUID traps (a virtual machine),
/// and a <c>true</c> without libc, which shows what the sandbox itself costs.
/// </summary>
internal sealed class BenchRoot : IDisposable
{
    private const string LibcFreeTrue = """
        // exit_group(0) and nothing else.
        __asm__(".globl _start\n"
                "_start: mov $231, %eax\n"
                "xor %edi, %edi\n"
                "syscall\n");
        """;

    public BenchRoot(string directory)
    {
        Directory = directory;
        Rootfs = Path.Combine(directory, "rootfs");
        foreach (var name in new[] { "bin", "dev", "proc", "tmp", "etc", "box", "sys" })
            System.IO.Directory.CreateDirectory(Path.Combine(Rootfs, name));
        var busybox = new[] { "/usr/bin/busybox", "/bin/busybox" }.First(File.Exists);
        File.Copy(busybox, Path.Combine(Rootfs, "bin/busybox"));
        File.CreateSymbolicLink(Path.Combine(Rootfs, "bin/true"), "busybox");
        File.CreateSymbolicLink(Path.Combine(Rootfs, "bin/sh"), "busybox");
        File.WriteAllText(Path.Combine(Rootfs, "etc/passwd"), "root:x:0:0::/:/bin/sh\n");

        var source = Path.Combine(directory, "true.c");
        File.WriteAllText(source, LibcFreeTrue);
        using var compiler = Process.Start("gcc", ["-nostdlib", "-static", "-s", "-o", Path.Combine(Rootfs, "bin/nltrue"), source]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException($"gcc could not build '{source}' (exit code {compiler.ExitCode}).");
    }

    /// <summary>Everything that the benchmark writes; gone at the end.</summary>
    public string Directory { get; }

    public string Rootfs { get; }

    /// <summary>The libc-free program, seen from inside the rootfs.</summary>
    public static string LibcFree => "/bin/nltrue";

    /// <summary>The static glibc program, seen from inside the rootfs.</summary>
    public static string Busybox => "/bin/true";

    public string FromHost(string program) => Rootfs + program;

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
