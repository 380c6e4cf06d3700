namespace Corral.EndToEnd.Tests.Kill;

/// <summary>A state folder of one test. It is short, because a unix socket's path holds 107 bytes.</summary>
internal sealed class TemporaryStateFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("corral-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
