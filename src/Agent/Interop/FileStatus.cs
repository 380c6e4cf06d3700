namespace Corral.Agent.Interop;

/// <summary>What statx(2) says of a file.</summary>
/// <param name="Mode">Kind and permission bits, as in <c>st_mode</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="AllocatedBytes">Bytes really held; less than <paramref name="Size"/> for a sparse file.</param>
/// <param name="Links">Hard links.</param>
/// <param name="Owner">uid.</param>
/// <param name="Group">gid.</param>
/// <param name="Inode">Number within its file system.</param>
internal readonly record struct FileStatus(uint Mode, long Size, long AllocatedBytes, uint Links, uint Owner, uint Group, ulong Inode)
{
    public bool IsRegular => (Mode & 0xF000) == 0x8000;

    public bool IsDirectory => (Mode & 0xF000) == 0x4000;

    public bool IsSymbolicLink => (Mode & 0xF000) == 0xA000;
}
