using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Corral.Coordinator.Storage;

namespace Corral.Coordinator.Application;

/// <summary>Keys are 32 random bytes, so that a plain hash is enough: there is no dictionary to try.</summary>
internal sealed class ApiKeys(IAccessStore store, TimeProvider clock) : IApiKeys
{
    private const string Prefix = "corral_";
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, ApiKey> _seen = new(StringComparer.Ordinal);

    public async Task<string?> CreateFirstAsync(CancellationToken cancellationToken)
    {
        if (await store.HasKeysAsync(cancellationToken))
            return null;
        var text = NewText();
        return await store.AddKeyAsync(Hash(text), new ApiKey("first", null, ApiRole.Operator), onlyFirst: true, clock.GetUtcNow()) ? text : null;
    }

    public async Task<string> CreateAsync(string? tenant, ApiRole role, string name, CancellationToken cancellationToken)
    {
        var text = NewText();
        await store.AddKeyAsync(Hash(text), new ApiKey(name, tenant, role), onlyFirst: false, clock.GetUtcNow());
        return text;
    }

    public ValueTask<ApiKey?> ResolveAsync(string presented, CancellationToken cancellationToken)
    {
        if (!presented.StartsWith(Prefix, StringComparison.Ordinal) || presented.Length > 100)
            return new ValueTask<ApiKey?>((ApiKey?)null);
        var hash = Hash(presented);
        // Remembered under its hash: the memory of the coordinator holds no key.
        return _seen.TryGetValue(Convert.ToHexStringLower(hash), out var key) ? new ValueTask<ApiKey?>(key) : new ValueTask<ApiKey?>(LookUpAsync(hash, cancellationToken));
    }

    private async Task<ApiKey?> LookUpAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var key = await store.KeyAsync(hash, cancellationToken);
        if (key is not null && _seen.Count < MostRemembered)
            _seen[Convert.ToHexStringLower(hash)] = key;
        return key;
    }

    private static string NewText() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
