using System.Net;
using System.Text;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Api;

public sealed class BlobApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Stored_bytes_are_named_by_their_digest_and_read_back()
    {
        using var client = host.As(RememberedKeys.Submitter);
        var bytes = Encoding.UTF8.GetBytes(Guid.NewGuid().ToString());

        var response = await client.PostAsync("/v1/blobs", new ByteArrayContent(bytes), Stop);
        var digest = (await response.JsonAsync(HttpStatusCode.Created)).GetProperty("digest").GetString()!;

        Assert.Equal(BlobDigest.Of(bytes).Value, digest);
        Assert.Equal($"/v1/blobs/{digest}", response.Headers.Location?.OriginalString);
        Assert.Equal(bytes, await client.GetByteArrayAsync($"/v1/blobs/{digest}", Stop));
        Assert.Equal(bytes, await host.Client.GetByteArrayAsync($"/v1/blobs/{digest}?tenant=t1", Stop));
        await (await client.PutAsync($"/v1/blobs/{digest}", new ByteArrayContent(bytes), Stop)).JsonAsync(HttpStatusCode.OK);
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v1/blobs/{digest}"), Stop);
        Assert.Equal((HttpStatusCode.OK, (long?)bytes.Length), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task A_digest_is_not_a_permission()
    {
        var digest = BlobDigest.Of("of another"u8);
        host.Blobs.Blobs[("t2", digest)] = "of another"u8.ToArray();
        using var client = host.As(RememberedKeys.Submitter);

        Assert.Equal("unknown_blob", Assert.Single(await (await client.GetAsync($"/v1/blobs/{digest}", Stop)).ProblemsAsync(HttpStatusCode.NotFound)).Code);
        Assert.Equal("foreign_tenant", Assert.Single(await (await client.GetAsync($"/v1/blobs/{digest}?tenant=t2", Stop)).ProblemsAsync(HttpStatusCode.Forbidden)).Code);
    }

    [Fact]
    public async Task Bytes_that_are_not_the_announced_ones_are_not_kept()
    {
        var announced = BlobDigest.Of("announced"u8);
        var before = host.Blobs.Blobs.Count;

        var problem = Assert.Single(await (await host.Client.PutAsync($"/v1/blobs/{announced}", new ByteArrayContent("other"u8.ToArray()), Stop)).ProblemsAsync(HttpStatusCode.UnprocessableEntity));

        Assert.Equal(("digest", "digest_mismatch"), (problem.Field, problem.Code));
        Assert.Equal(before, host.Blobs.Blobs.Count);
    }

    [Fact]
    public async Task A_blob_may_be_longer_than_a_job_but_not_than_the_stores_limit()
    {
        await (await host.Client.PostAsync("/v1/blobs", new ByteArrayContent(new byte[10_000_000]), Stop)).JsonAsync(HttpStatusCode.Created);

        Assert.Equal("body_too_large", Assert.Single(await (await host.Client.PostAsync("/v1/blobs", new ByteArrayContent(new byte[RememberedBlobs.Limit + 1]), Stop)).ProblemsAsync(HttpStatusCode.RequestEntityTooLarge)).Code);
    }

    [Fact]
    public async Task A_reader_stores_nothing()
    {
        using var client = host.As(RememberedKeys.Reader);

        Assert.Equal("role_too_low", Assert.Single(await (await client.PostAsync("/v1/blobs", new ByteArrayContent([1]), Stop)).ProblemsAsync(HttpStatusCode.Forbidden)).Code);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
