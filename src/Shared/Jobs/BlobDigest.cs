namespace Corral.Shared.Jobs;

/// <summary>Names bytes by their SHA-256: <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
/// <param name="Value">The whole text, 71 characters.</param>
public readonly record struct BlobDigest(string Value)
{
    private const string Prefix = "sha256:";

    /// <summary>The 64 hexadecimal digits.</summary>
    public string Hex => Value[Prefix.Length..];

    /// <summary>The digest of these bytes.</summary>
    /// <param name="bytes">The whole content.</param>
    public static BlobDigest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(bytes, hash);
        return FromHash(hash);
    }

    /// <summary>The digest with this hash.</summary>
    /// <param name="hash">32 bytes.</param>
    public static BlobDigest FromHash(ReadOnlySpan<byte> hash) => new(Prefix + Convert.ToHexStringLower(hash));

    /// <summary>Reads the one accepted form.</summary>
    /// <param name="text">71 characters.</param>
    /// <param name="digest">The digest, where the text is one.</param>
    public static bool TryParse(string? text, out BlobDigest digest)
    {
        digest = default;
        if (text is null || text.Length != Prefix.Length + 64 || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        foreach (var c in text.AsSpan(Prefix.Length))
        {
            if (c is not (>= '0' and <= '9' or >= 'a' and <= 'f'))
                return false;
        }

        digest = new BlobDigest(text);
        return true;
    }

    /// <summary>The whole text.</summary>
    public override string ToString() => Value;
}
