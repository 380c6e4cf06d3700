namespace Corral.Cli.Demo;

/// <summary>The sources of the demo's programs, from the folder <c>Programs</c>.</summary>
internal static class Programs
{
    public static string Read(string file)
    {
        using var stream = typeof(Programs).Assembly.GetManifestResourceStream($"Corral.Cli.Demo.Programs.{file}")
            ?? throw new ArgumentException($"The demo has no program '{file}'.", nameof(file));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
