namespace Corral.Coordinator.Application;

/// <summary>The keys of the API. Only hashes are stored.</summary>
internal interface IApiKeys
{
    /// <summary>Makes the operator's key if there is no key at all: its text, shown this once; else null.</summary>
    Task<string?> CreateFirstAsync(CancellationToken cancellationToken);

    /// <summary>Makes a key and shows its text, this once.</summary>
    /// <param name="tenant">The tenant it is good for; null for all.</param>
    /// <param name="role">What it allows.</param>
    /// <param name="name">What a person calls it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<string> CreateAsync(string? tenant, ApiRole role, string name, CancellationToken cancellationToken);

    /// <summary>What the presented key allows; null where it is none. Answers from memory for keys seen lately.</summary>
    ValueTask<ApiKey?> ResolveAsync(string presented, CancellationToken cancellationToken);
}

/// <summary>What a key allows.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="Tenant">The tenant it is good for; null for all.</param>
/// <param name="Role">What it allows.</param>
internal sealed record ApiKey(string Name, string? Tenant, ApiRole Role);

/// <summary>What a key allows; each includes the ones before it. The numbers are stored.</summary>
internal enum ApiRole
{
    /// <summary>Never stored.</summary>
    None = 0,
    /// <summary>See jobs, usage and agents.</summary>
    Reader = 1,
    /// <summary>Submit and cancel jobs, store blobs.</summary>
    Submitter = 2,
    /// <summary>Everything.</summary>
    Operator = 3,
}
