using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Corral.PowerCut;

/// <summary>Submits jobs to a <c>corral up</c> of this host and notes each id the moment its 202 is read.</summary>
internal sealed class JobProbe : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly string _notes;

    private JobProbe(Process process, HttpClient client, string notes)
    {
        _process = process;
        _client = client;
        _notes = notes;
    }

    public static async Task<JobProbe> StartAsync(string corral, string state, string[] settings, string notes)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.Environment["CORRAL_STATE"] = state;
        foreach (var argument in (string[])["exec", corral, "up", "--json", "--listen", "127.0.0.1:0", .. settings.SelectMany(setting => (string[])["--set", setting])])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var welcome = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("corral up ended before its welcome.");
        using var said = JsonDocument.Parse(welcome);
        var client = new HttpClient { BaseAddress = new Uri(said.RootElement.GetProperty("url").GetString()!) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(state, "api-key"))).Trim());
        return new JobProbe(process, client, Path.Combine(notes, "jobs"));
    }

    public async Task<int> CountMissingAsync()
    {
        var missing = 0;
        foreach (var id in File.Exists(_notes) ? File.ReadAllLines(_notes) : [])
        {
            if (id.Length != 36)
                continue;
            using var answer = await _client.GetAsync($"/v1/jobs/{id}");
            // 401 and 403 too: a state folder that forgot its key forgot the job.
            if (answer.StatusCode != HttpStatusCode.OK)
                missing++;
        }

        return missing;
    }

    public async Task SubmitForEverAsync()
    {
        await using var notes = new StreamWriter(_notes, append: true) { AutoFlush = true };
        while (true)
        {
            using var content = new StringContent("""{"tenant":"power","steps":[{"command":["true"],"limits":{"cpus":0.2,"memoryBytes":16777216,"scratchBytes":1048576}}]}""", Encoding.UTF8, "application/json");
            using var answer = await _client.PostAsync("/v1/jobs", content);
            if (answer.StatusCode != HttpStatusCode.Accepted)
                throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            using var job = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            await notes.WriteLineAsync(job.RootElement.GetProperty("id").GetString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
