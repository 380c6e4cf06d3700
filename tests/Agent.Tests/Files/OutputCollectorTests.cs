using System.Diagnostics;
using System.Net.Sockets;
using Corral.Agent.Files;
using Corral.Agent.Interop;
using Corral.Agent.Tests.Testing;
using Corral.Shared.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Tests.Files;

/// <summary>A workspace as a hostile job leaves it. Beside it lies a secret of the host that must never come out.</summary>
public sealed class OutputCollectorTests : IDisposable
{
    private const string Tenant = "t1";
    private static readonly byte[] Secret = "the host's own"u8.ToArray();
    private readonly TempDirectory _directory = new();
    private readonly MemoryBlobs _blobs = new();
    private readonly string _box;
    private readonly SafeFileHandle _root;

    public OutputCollectorTests()
    {
        _box = _directory.File("box");
        Directory.CreateDirectory(_box);
        File.WriteAllBytes(_directory.File("secret"), Secret);
        _root = FileCalls.Open(SandboxStep.OpenFile, _box, OpenFlags.ReadOnly | OpenFlags.Directory);
    }

    public void Dispose()
    {
        _root.Dispose();
        _directory.Dispose();
    }

    private string Box(string path) => Path.Combine(_box, path);

    private Task<IReadOnlyList<OutputFile>> CollectAsync(OutputOptions? options = null, params string[] patterns) =>
        new OutputCollector(_blobs, options ?? new OutputOptions()).CollectAsync(_root, Tenant, patterns.Length == 0 ? ["**/*"] : patterns, TestContext.Current.CancellationToken);

    private void Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = _box })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private async Task RefusesAsync(string path)
    {
        var output = Assert.Single(await CollectAsync(), output => output.Path == path);
        Assert.Null(output.Blob);
        Assert.NotNull(output.Problem);
    }

    [Fact]
    public async Task Regular_files_that_match_are_kept_in_order_of_their_paths()
    {
        Shell("mkdir -p out/deep; printf b > out/b.txt; printf a > out/deep/a.txt; printf x > x.log; : > out/empty.txt");

        var outputs = await CollectAsync(null, "out/**/*.txt");

        Assert.Equal(["out/b.txt", "out/deep/a.txt", "out/empty.txt"], outputs.Select(output => output.Path));
        Assert.Equal("a"u8.ToArray(), _blobs.Get(Tenant, outputs[1].Blob!.Value));
        Assert.Equal(0, outputs[2].Bytes);
    }

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("../secret")]
    [InlineData("/proc/self/environ")]
    [InlineData("real.txt")]
    public async Task A_symbolic_link_is_refused_wherever_it_leads(string target)
    {
        Shell("printf x > real.txt");
        File.CreateSymbolicLink(Box("out.txt"), target);

        await RefusesAsync("out.txt");
    }

    [Fact]
    public async Task A_link_to_a_directory_is_not_entered()
    {
        File.CreateSymbolicLink(Box("dir"), _directory.Path);

        Assert.DoesNotContain(await CollectAsync(null, "dir/*", "dir/**"), output => output.Blob is not null);
    }

    [Fact]
    public async Task A_fifo_does_not_block_and_is_refused()
    {
        Shell("mkfifo out.txt");

        await RefusesAsync("out.txt").WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_socket_is_refused()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Box("out.txt")));

        await RefusesAsync("out.txt");
    }

    [Fact]
    public async Task A_hard_link_within_the_workspace_is_the_file_it_is()
    {
        Shell("printf x > a.txt; ln a.txt b.txt");

        Assert.All(await CollectAsync(), output => Assert.Equal(1, output.Bytes));
    }

    [Fact]
    public async Task A_sparse_terabyte_is_refused_by_its_size_and_nothing_of_it_is_read()
    {
        using (var file = File.OpenHandle(Box("huge"), FileMode.Create, FileAccess.Write))
            RandomAccess.SetLength(file, 1L << 40);

        var output = Assert.Single(await CollectAsync());
        Assert.Equal((1L << 40, null), (output.Bytes, output.Blob));
        Assert.Contains("larger than", output.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_taken_as_they_are_and_those_that_are_not_utf8_are_reported()
    {
        Shell("printf x > -rf; printf x > 'a\nb'; printf x > \"$(printf 'bad\\377name')\"; printf x > ..hidden; printf x > 'ü *'");

        var outputs = await CollectAsync();

        Assert.Equal(["-rf", "..hidden", "a\nb", "ü *"], outputs.Where(output => output.Blob is not null).Select(output => output.Path).Order(StringComparer.Ordinal));
        Assert.Equal("The name is not UTF-8.", Assert.Single(outputs, output => output.Blob is null).Problem);
        // The base library cannot delete a name that it cannot spell.
        Shell("rm -- bad*");
    }

    [Fact]
    public async Task A_name_of_255_bytes_is_kept()
    {
        var name = new string('n', 255);
        await File.WriteAllTextAsync(Box(name), "x", TestContext.Current.CancellationToken);

        Assert.Equal(name, Assert.Single(await CollectAsync()).Path);
    }

    [Fact]
    public async Task Number_size_and_depth_are_bounded_and_say_so()
    {
        Shell("mkdir -p d/d/d/d; printf x > d/d/d/d/deep; for i in 1 2 3 4 5 6; do printf 1234567890 > f$i; done; printf 12345678901 > large");
        var options = new OutputOptions { MaxFileBytes = 10, MaxStepBytes = 25, MaxFiles = 20, MaxDepth = 2 };

        var outputs = await CollectAsync(options);

        Assert.Equal(["f1", "f2"], outputs.Where(output => output.Blob is not null).Select(output => output.Path));
        Assert.Contains("together larger than 25 bytes", outputs.Single(output => output.Path == "f3").Problem, StringComparison.Ordinal);
        Assert.Contains("larger than 10 bytes", outputs.Single(output => output.Path == "large").Problem, StringComparison.Ordinal);
        Assert.Contains("deeper than 2 levels", outputs.Single(output => output.Path == "d/d/d").Problem, StringComparison.Ordinal);
        Assert.Contains(await CollectAsync(new OutputOptions { MaxFiles = 3 }, "f*"), output => output.Problem?.StartsWith("More than 3 files", StringComparison.Ordinal) == true);
        Assert.Contains(await CollectAsync(new OutputOptions { MaxEntries = 3 }), output => output.Problem?.StartsWith("More than 3 directory entries", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_directory_that_is_swapped_for_a_link_meanwhile_never_gives_out_what_lies_outside()
    {
        // 'dir' is by turns a directory with a file 'secret', and a link to the directory that holds the host's secret.
        Shell("mkdir real; printf mine > real/secret");
        Directory.Move(Box("real"), Box("dir"));
        File.CreateSymbolicLink(Box("link"), _directory.Path);
        using var stop = new CancellationTokenSource();
        long swaps = 0;
        var swapper = Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    // RENAME_EXCHANGE: there is no moment without the name.
                    Assert.Equal(0, Native.renameat2(_root, "dir", _root, "link", 2));
                    Interlocked.Increment(ref swaps);
                }
            },
            stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var (kept, refused) = (0, 0);
        for (var round = 0; round < 20_000 && (round < 2000 || kept == 0 || refused == 0); round++)
        {
            var outputs = await CollectAsync(null, "dir/secret");
            kept += outputs.Count(output => output.Blob is not null);
            refused += outputs.Count(output => output.Blob is null) + (outputs.Count == 0 ? 1 : 0);
            Assert.All(outputs.Where(output => output.Blob is not null), output => Assert.Equal("mine"u8.ToArray(), _blobs.Get(Tenant, output.Blob!.Value)));
        }

        await stop.CancelAsync();
        await swapper.ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.True(kept > 0 && refused > 0, $"the race was not run: {swaps} swaps, {kept} kept, {refused} refused");
    }

    [Fact]
    public async Task Nothing_stays_open()
    {
        Shell("for i in $(seq 50); do mkdir d$i; printf x > d$i/f; ln -s /etc/shadow d$i/l; done");
        await CollectAsync();
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 5; i++)
            await CollectAsync();

        // Other tests run beside this one; 500 files would show.
        Assert.True(Directory.GetFileSystemEntries("/proc/self/fd").Length < before + 100);
    }
}
