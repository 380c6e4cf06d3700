using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>The compiled probe.c, to be put into a sandbox as <c>/box/probe</c>.</summary>
internal static class Probe
{
    private static readonly Lazy<byte[]> s_program = new(Compile);

    /// <summary>The program's content in memory.</summary>
    public static SafeFileHandle Open() => Interop.ContentCalls.SealedMemory(s_program.Value);

    public static long Length => s_program.Value.Length;

    private static byte[] Compile()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Sandbox", "probe.c");
        var target = Path.Combine(Path.GetTempPath(), $"corral-probe-{Environment.ProcessId}");
        using var compiler = Process.Start(new ProcessStartInfo("gcc", ["-O1", "-static", "-o", target, source]) { RedirectStandardError = true })!;
        var said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        if (compiler.ExitCode != 0) throw new InvalidOperationException($"gcc could not compile '{source}': {said}");
        var program = File.ReadAllBytes(target);
        File.Delete(target);
        return program;
    }
}
