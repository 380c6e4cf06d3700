using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Corral.Architecture.Tests;

/// <summary>Which room may see which: DESIGN's "Coordinator → Shared ← Agent; the two never see each other; Cli alone sees both".</summary>
public sealed partial class RoomTests
{
    [Theory]
    [InlineData("Shared")]
    [InlineData("Grains.Local")]
    [InlineData("Agent.Init")]
    [InlineData("Coordinator", "Grains.Local", "Shared")]
    [InlineData("Agent", "Shared")]
    [InlineData("Cli", "Agent", "Coordinator")]
    public void A_room_sees_only_the_rooms_it_is_allowed_to(string room, params string[] allowed)
    {
        var project = XDocument.Load(Path.Combine(Checkout.Root, "src", room, $"Corral.{room}.csproj"));
        var seen = project.Descendants("ProjectReference")
            // The launcher is a binary that the agent ships, not an assembly that it sees.
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)["Corral.".Length..]);
        Assert.Empty(seen.Except(allowed));
    }

    [Fact]
    public void Native_calls_are_declared_only_in_the_agents_interop()
    {
        // The launcher has no runtime to call through: its stubs are machine code.
        Assert.Empty(Outside(NativeCall(), "src/Agent/Interop"));
    }

    [Fact]
    public void The_bus_is_named_only_in_messaging_and_where_the_rooms_are_composed()
    {
        var files = Checkout.Files("src", ".cs").Where(file => !MessagingFolder().IsMatch(file.Path) && !file.IsIn("src/Cli/Serving"));
        Assert.Empty(files.SelectMany(file => file.Where(Bus())));
    }

    [Fact]
    public void Each_database_is_named_only_in_its_own_folder()
    {
        Assert.Empty(Outside(Postgres(), "src/Coordinator/Storage/Postgres"));
        Assert.Empty(Outside(Sqlite(), "src/Coordinator/Storage/Sqlite"));
    }

    [Fact]
    public void No_file_names_what_runs_the_grains_but_the_two_that_host_them()
    {
        // The project file picks the namespaces, so that one source runs on both runtimes.
        var files = Checkout.Files("src/Coordinator", ".cs").Where(file => !HostingFile().IsMatch(file.Path));
        Assert.Empty(files.SelectMany(file => file.Where(GrainRuntime())));
    }

    [Fact]
    public void Shared_refers_to_no_package()
    {
        var project = XDocument.Load(Path.Combine(Checkout.Root, "src/Shared/Corral.Shared.csproj"));
        Assert.Empty(project.Descendants("PackageReference"));
    }

    private static IEnumerable<string> Outside(Regex pattern, string folder) =>
        Checkout.Files("src", ".cs").Where(file => !file.IsIn(folder)).SelectMany(file => file.Where(pattern));

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b")]
    private static partial Regex NativeCall();

    [GeneratedRegex(@"\b(using|global::)\s*(static )?(MassTransit|RabbitMQ)\b")]
    private static partial Regex Bus();

    [GeneratedRegex(@"^src/[^/]+/Messaging/")]
    private static partial Regex MessagingFolder();

    [GeneratedRegex(@"\busing Npgsql\b")]
    private static partial Regex Postgres();

    [GeneratedRegex(@"\busing (Microsoft\.Data\.Sqlite|SQLitePCL)\b")]
    private static partial Regex Sqlite();

    [GeneratedRegex(@"/Grains/Hosting\.(Local|Orleans)\.cs$")]
    private static partial Regex HostingFile();

    [GeneratedRegex(@"\busing (Orleans|Corral\.Grains\.Local)\b")]
    private static partial Regex GrainRuntime();
}
