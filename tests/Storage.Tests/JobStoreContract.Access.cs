using Corral.Coordinator.Application;
using Corral.Shared.Jobs;

namespace Corral.Storage.Tests;

/// <summary>Keys and blobs: who may see what.</summary>
public abstract partial class JobStoreContract
{
    [Fact]
    public async Task The_first_key_is_made_once()
    {
        await using var store = await OpenAsync();
        var made = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => store.Access.AddKeyAsync(
            [.. Enumerable.Repeat((byte)n, 32)], new ApiKey("first", null, ApiRole.Operator), onlyFirst: true, TestStore.Now)));
        Assert.Single(made, true);
        Assert.True(await store.Access.HasKeysAsync(Cancel));
        Assert.Null(await store.Access.KeyAsync([.. Enumerable.Repeat((byte)99, 32)], Cancel));
    }

    [Fact]
    public async Task A_blob_is_the_tenants_that_stored_it()
    {
        await using var store = await OpenAsync();
        var digest = BlobDigest.Of("x"u8);
        Assert.True(await store.Access.GrantBlobAsync("t1", digest, 1, TestStore.Now));
        Assert.False(await store.Access.GrantBlobAsync("t1", digest, 1, TestStore.Now));
        Assert.Equal([digest], await store.Access.GrantedBlobsAsync("t1", [digest, BlobDigest.Of("y"u8)], Cancel));
        Assert.Empty(await store.Access.GrantedBlobsAsync("t2", [digest], Cancel));
    }
}
