using System;

namespace Corral.Agent.Init;

/// <summary>What image <c>host</c> shows of the host: /usr, and those of its old neighbours that are not links into it.</summary>
internal static unsafe class HostDirectories
{
    public const int Count = 7;

    private const int StatBytes = 144, StatModeOffset = 24;
    private const uint TypeMask = 0xF000, TypeDirectory = 0x4000;

    private static int _bound;

    public static byte* Name(int index) => index switch
    {
        0 => Kernel.Text("usr"u8),
        1 => Kernel.Text("bin"u8),
        2 => Kernel.Text("sbin"u8),
        3 => Kernel.Text("lib"u8),
        4 => Kernel.Text("lib32"u8),
        5 => Kernel.Text("lib64"u8),
        _ => Kernel.Text("libx32"u8),
    };

    public static bool IsBound(int index) => (_bound & (1 << index)) != 0;

    public static void MarkBound(int index) => _bound |= 1 << index;

    /// <summary>Whether the host has a directory, not a link, of that name.</summary>
    public static bool Exists(int index)
    {
        var path = stackalloc byte[16];
        Bytes.Append(Bytes.Append(path, Kernel.Text("/"u8)), Name(index));
        var status = stackalloc byte[StatBytes];
        return Kernel.Call(Sys.Lstat, (nint)path, (nint)status) == 0 && (*(uint*)(status + StatModeOffset) & TypeMask) == TypeDirectory;
    }
}
