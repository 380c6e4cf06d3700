using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Tests.Api;

public sealed class WatchTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Events_are_sent_with_the_ids_of_the_durable_ones_and_the_stream_ends_after_Ended()
    {
        var id = Ended();

        var events = await WatchAsync($"/v1/jobs/{id}/events");

        Assert.Equal([("Queued", "1"), ("Placed", "2"), ("Started", null), ("Ended", "3")], events.Select(e => (e.Type, e.Id)));
        Assert.Equal("a1", events[1].Data.GetProperty("agent").GetString());
        Assert.Equal("Succeeded", events[3].Data.GetProperty("verdict").GetString());
        Assert.False(events[0].Data.TryGetProperty("verdict", out _));
    }

    [Fact]
    public async Task A_watch_resumes_after_the_last_event_that_was_seen()
    {
        Assert.Equal(["Started", "Ended"], (await WatchAsync($"/v1/jobs/{Ended()}/events", lastEventId: 2)).Select(e => e.Type));
    }

    [Fact]
    public async Task Resuming_after_the_end_is_answered_204_so_that_nobody_connects_again()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/jobs/{Ended()}/events");
        request.Headers.Add("Last-Event-ID", "3");

        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.SendAsync(request, Stop)).StatusCode);
    }

    [Fact]
    public async Task Output_is_sent_beside_the_events_byte_for_byte()
    {
        var events = await WatchAsync($"/v1/jobs/{Ended()}/output");

        var stdout = Assert.Single(events, e => e.Type == "Stdout" && e.Data.GetProperty("stepIndex").GetInt32() == 0);
        Assert.Equal((byte[])[0, 0xff, (byte)'\n'], stdout.Data.GetProperty("data").GetBytesFromBase64());
        Assert.Equal(5, stdout.Data.GetProperty("offset").GetInt32());
    }

    [Fact]
    public async Task A_silent_stream_sends_comments_and_ends_when_the_watcher_leaves()
    {
        var id = Ended();
        host.Jobs.Jobs[id] = host.Jobs.Jobs[id] with { State = JobState.Running };
        var left = new TaskCompletionSource();
        host.Jobs.Silent = (id, left);

        using (var response = await host.Client.GetAsync($"/v1/jobs/{id}/events", HttpCompletionOption.ResponseHeadersRead, Stop))
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
            Assert.Equal(": still here", await lines.ReadLineAsync(Stop));
            Assert.Equal("", await lines.ReadLineAsync(Stop));
            Assert.Equal(": still here", await lines.ReadLineAsync(Stop));
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.DoesNotContain(host.Logged, line => line.Level > LogLevel.Information);
    }

    [Theory]
    [InlineData("first")]
    [InlineData("0")]
    public async Task One_stream_of_one_step_can_be_followed_by_name_or_place(string step)
    {
        Assert.Equal(["Stdout", "Ended"], (await WatchAsync($"/v1/jobs/{Ended()}/steps/{step}/stdout?follow=true")).Select(e => e.Type));
    }

    [Fact]
    public async Task The_kept_bytes_of_a_step_are_sent_as_they_are()
    {
        var id = Ended();
        host.Blobs.Blobs[("t1", BlobDigest.Of("long"u8))] = "long"u8.ToArray();

        Assert.Equal((byte[])[1, 0, 0xff], await host.Client.GetByteArrayAsync($"/v1/jobs/{id}/steps/first/stdout", Stop));
        Assert.Equal("long"u8.ToArray(), await host.Client.GetByteArrayAsync($"/v1/jobs/{id}/steps/first/stderr", Stop));
        Assert.Equal("long"u8.ToArray(), await host.Client.GetByteArrayAsync($"/v1/jobs/{id}/steps/0/outputs/d/kept.txt", Stop));
        Assert.Equal("unknown_output", Assert.Single(await (await host.Client.GetAsync($"/v1/jobs/{id}/steps/0/outputs/d/huge", Stop)).ProblemsAsync(HttpStatusCode.NotFound)).Code);
        Assert.Equal("unknown_output", Assert.Single(await (await host.Client.GetAsync($"/v1/jobs/{id}/steps/0/outputs/none", Stop)).ProblemsAsync(HttpStatusCode.NotFound)).Code);
        Assert.Equal("unknown_step", Assert.Single(await (await host.Client.GetAsync($"/v1/jobs/{id}/steps/7/stdout", Stop)).ProblemsAsync(HttpStatusCode.NotFound)).Code);
        Assert.Equal("not_ended", Assert.Single(await (await host.Client.GetAsync($"/v1/jobs/{id}/steps/second/stdout", Stop)).ProblemsAsync(HttpStatusCode.Conflict)).Code);
    }

    [Fact]
    public async Task Kept_bytes_are_shown_as_text_only_where_that_loses_nothing()
    {
        var step = (await (await host.Client.GetAsync($"/v1/jobs/{Ended()}", Stop)).JsonAsync()).GetProperty("steps")[0];

        Assert.Equal((byte[])[1, 0, 0xff], step.GetProperty("stdout").GetProperty("base64").GetBytesFromBase64());
        Assert.Equal(BlobDigest.Of("long"u8).Value, step.GetProperty("stderr").GetProperty("blob").GetString());
        Assert.Equal(3, step.GetProperty("stdout").GetProperty("bytes").GetInt64());
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private JobId Ended()
    {
        var (id, at) = (JobId.New(TimeProvider.System.GetUtcNow()), DateTimeOffset.UnixEpoch);
        var result = new StepResult
        {
            Index = 0,
            Name = "first",
            State = StepState.Ended,
            Verdict = Verdict.Succeeded,
            Facts = new StepFacts { ExitCode = 0, StdoutBytes = 3, StderrBytes = 4 },
            Stdout = new CapturedOutput([1, 0, 0xff], null),
            Stderr = new CapturedOutput([], BlobDigest.Of("long"u8)),
            Outputs = [new OutputFile("d/kept.txt", 4, BlobDigest.Of("long"u8)), new OutputFile("d/huge", 1L << 40, null, "It is larger than what is kept.")],
        };
        host.Jobs.Jobs[id] = new JobView
        {
            Id = id,
            Spec = new JobSpec { Tenant = "t1", Steps = [new StepSpec { Name = "first", Command = ["x"] }, new StepSpec { Name = "second", Command = ["x"] }] },
            State = JobState.Ended,
            Verdict = Verdict.Succeeded,
            Version = 3,
            SubmittedAt = at,
            Attempts = [new AttemptView(1, "a1", JobState.Ended, at, at, at, Verdict.Succeeded, null, [result])],
        };
        host.Jobs.Events[id] =
        [
            new JobEvent(1, JobEventKind.Queued, at),
            new JobEvent(2, JobEventKind.Placed, at, 1, "a1"),
            new JobEvent(null, JobEventKind.Started, at, 1),
            new JobEvent(null, JobEventKind.Stdout, at, 1, StepIndex: 0, Offset: 5, Data: [0, 0xff, (byte)'\n']),
            new JobEvent(null, JobEventKind.Stderr, at, 1, StepIndex: 0, Data: [1]),
            new JobEvent(null, JobEventKind.Stdout, at, 1, StepIndex: 1, Data: [2]),
            new JobEvent(3, JobEventKind.Ended, at, 1, Verdict: Verdict.Succeeded),
        ];
        return id;
    }

    private async Task<List<(string Type, string? Id, JsonElement Data)>> WatchAsync(string path, long? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", $"{lastEventId}");
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new List<(string, string?, JsonElement)>();
        string? seen = null;
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(Stop), (_, data) => JsonElement.Parse(data)).EnumerateAsync(Stop))
        {
            // The parser keeps the last id; only a new one was sent with the event.
            events.Add((item.EventType, item.EventId == seen ? null : item.EventId, item.Data));
            seen = item.EventId;
        }

        return events;
    }
}
