namespace Corral.Agent.Interop;

/// <summary>Values of open(2), x86-64 (arm64 numbers O_DIRECTORY and O_NOFOLLOW differently). include/uapi/asm-generic/fcntl.h</summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlock = 0x800;
    public const int Directory = 0x10000;
    public const int NoFollow = 0x20000;
    public const int CloseOnExec = 0x80000;
    public const int Path = 0x200000;
}
