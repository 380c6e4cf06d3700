namespace Corral.Shared.Jobs;

/// <summary>A file put into <c>/box</c> before the command starts; an older one of that name is replaced.</summary>
/// <param name="Path">Relative to <c>/box</c>, at most 4,095 bytes, parts of at most 255 bytes, no part empty, <c>.</c> or <c>..</c>; missing directories are made.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Executable">Mode 0755 instead of 0644.</param>
public sealed record InputFile(string Path, Content Content, bool Executable = false);
