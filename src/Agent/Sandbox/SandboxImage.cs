namespace Corral.Agent.Sandbox;

/// <summary>A rootfs to make sandboxes of.</summary>
/// <param name="Name">What the pool is keyed by: a digest, or <c>host</c>.</param>
/// <param name="Layers">Directories beneath <see cref="ImagesDirectory"/>, by name, topmost first.</param>
/// <param name="BindsHost">The host's /usr and what else programs need is bound read-only over the layers.</param>
internal sealed record SandboxImage(string Name, IReadOnlyList<string> Layers, bool BindsHost)
{
    /// <summary>The host's own programs over a generated skeleton; nothing else of the host shows.</summary>
    public static SandboxImage Host { get; } = new("host", ["host"], BindsHost: true);

    /// <summary>Where the layers of a state folder lie; the launcher sees this folder and no other.</summary>
    public static string ImagesDirectory(string stateDirectory) => Path.Combine(stateDirectory, "images");
}
