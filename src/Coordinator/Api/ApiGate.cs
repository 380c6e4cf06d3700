using Corral.Coordinator.Application;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>Who may come in: <c>Authorization: Bearer KEY</c>. The key is looked up by its hash, so the time it takes tells nothing of the stored ones.</summary>
internal sealed class ApiGate(IApiKeys keys)
{
    private const string Scheme = "Bearer ";
    private const int LongestKey = 256;

    /// <summary>The caller, or the answer that turns it away.</summary>
    public async ValueTask<(ApiKey? Caller, ProblemAnswer? Refusal)> AdmitAsync(HttpContext context, ApiRole role)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return (null, Unauthorized(context, ApiCodes.MissingKey, "The request carries no key. Send the header 'Authorization: Bearer KEY' with a key of this coordinator."));
        var presented = text.AsSpan(Scheme.Length).Trim();
        var key = presented.Length is 0 or > LongestKey ? null : await keys.ResolveAsync(presented.ToString(), context.RequestAborted);
        if (key is null)
            return (null, Unauthorized(context, ApiCodes.UnknownKey, "The key is not one of this coordinator, or no longer. Send a valid one in 'Authorization: Bearer KEY'."));
        return key.Role >= role
            ? (key, null)
            : (null, ProblemAnswer.Forbidden(ApiCodes.RoleTooLow, "Authorization", $"The key has the role {key.Role}, this needs {role}. Use another key."));
    }

    private static ProblemAnswer Unauthorized(HttpContext context, string code, string message)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemAnswer.Of(StatusCodes.Status401Unauthorized, "unauthorized", "The request is not authorised.", code, "Authorization", message);
    }
}

/// <summary>What a key's tenant means.</summary>
internal static class ApiKeyRules
{
    /// <summary>Whether the key shows what this tenant has. What it may not see does not exist for it.</summary>
    public static bool Sees(this ApiKey key, string tenant) => key.Tenant is null || key.Tenant == tenant;

    /// <summary>Who is billed for a request that does not say.</summary>
    public static string DefaultTenant(this ApiKey key) => key.Tenant ?? "default";

    public static string ForeignTenant(this ApiKey key, string tenant) =>
        $"The key is good for the tenant '{key.Tenant}' only, not for '{tenant}'. Leave the tenant out, or use another key.";
}
