namespace Corral.EndToEnd.Tests;

/// <summary>The checkout this suite was built in, and what was built beside it in the same configuration.</summary>
internal static class BuiltTree
{
    /// <summary>The folder with scheduler.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file in the output folder of a project.</summary>
    public static string Output(string project, string file) =>
        Path.Combine(Root, project, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", file);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "scheduler.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
