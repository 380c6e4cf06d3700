using System.Collections.Concurrent;
using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Api;

internal sealed class RememberedBlobs : IBlobs
{
    public const long Limit = 16 << 20;

    public ConcurrentDictionary<(string Tenant, BlobDigest Digest), byte[]> Blobs { get; } = new();

    public async Task<PutBlobOutcome> PutAsync(string tenant, Stream content, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > Limit)
                return new PutBlobOutcome.TooLarge(Limit);
        }

        var digest = BlobDigest.Of(bytes.ToArray());
        return new PutBlobOutcome.Stored(digest, bytes.Length, !Blobs.TryAdd((tenant, digest), bytes.ToArray()));
    }

    public Task<Stream?> OpenAsync(string tenant, BlobDigest digest, CancellationToken cancellationToken) =>
        Task.FromResult<Stream?>(Blobs.TryGetValue((tenant, digest), out var bytes) ? new MemoryStream(bytes) : null);

    public Task<IReadOnlyList<BlobDigest>> MissingAsync(string tenant, IReadOnlyCollection<BlobDigest> digests, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<BlobDigest>>([.. digests.Where(digest => !Blobs.ContainsKey((tenant, digest)))]);
}

internal sealed class RememberedKeys : IApiKeys
{
    public const string Operator = "operator-key";
    public const string Submitter = "submitter-key-of-t1";
    public const string Reader = "reader-key-of-t1";

    public Task<string?> CreateFirstAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> CreateAsync(string? tenant, ApiRole role, string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ApiKey?> ResolveAsync(string presented, CancellationToken cancellationToken) => ValueTask.FromResult(presented switch
    {
        Operator => new ApiKey("first", null, ApiRole.Operator),
        Submitter => new ApiKey("service", "t1", ApiRole.Submitter),
        Reader => new ApiKey("screen", "t1", ApiRole.Reader),
        _ => null,
    });
}

internal sealed class RememberedAgents : IAgents
{
    public string? LastPool { get; private set; }

    public Task<IReadOnlyList<AgentView>> ListAsync(string? pool, CancellationToken cancellationToken)
    {
        LastPool = pool;
        return Task.FromResult<IReadOnlyList<AgentView>>(
        [
            new AgentView("a1", "default", true, 3, DateTimeOffset.UnixEpoch, new AgentCapacity(2, 1 << 30, 16), 1, 1 << 20, 1, new Dictionary<string, string>(), "6.18", "hybrid", "0.1.0", DateTimeOffset.UnixEpoch),
        ]);
    }
}

internal sealed class RememberedUsage : IUsage
{
    public RateCard RateCard => RateCard.BuiltIn;

    public List<UsageRow> Rows { get; } = [];

    public Task<IReadOnlyList<TenantUsage>> SumAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TenantUsage>>([new TenantUsage(tenant ?? "t1", 1, 1, 1, 5, 6, 7)]);

    public Task<UsagePage> RowsAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, string? cursor, int limit, CancellationToken cancellationToken) =>
        cursor is null ? Task.FromResult(new UsagePage([.. Rows.Take(limit)], null)) : throw new FormatException();

    public Task<Receipt?> ReceiptAsync(JobId id, CancellationToken cancellationToken) => Task.FromResult<Receipt?>(null);
}

internal sealed class RememberedReadiness : IReadiness
{
    public bool StoreReady { get; set; } = true;

    public Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReadinessCheck>>([new("store", StoreReady, true, "The store answers."), new("agents", false, false, "No agent is live.")]);
}
