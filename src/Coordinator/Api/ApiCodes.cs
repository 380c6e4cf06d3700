namespace Corral.Coordinator.Api;

/// <summary>The codes that only the API gives; those of a job document are <see cref="Corral.Shared.Jobs.Validation.ProblemCodes"/>. Never renamed, never given another meaning.</summary>
internal static class ApiCodes
{
    public const string MissingKey = "missing_key";
    public const string UnknownKey = "unknown_key";
    public const string RoleTooLow = "role_too_low";
    public const string ForeignTenant = "foreign_tenant";
    public const string MixedTenants = "mixed_tenants";
    public const string UnknownPath = "unknown_path";
    public const string UnknownJob = "unknown_job";
    public const string UnknownStepOfJob = "unknown_step";
    public const string UnknownBlob = "unknown_blob";
    public const string UnknownOutput = "unknown_output";
    public const string NotEnded = "not_ended";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string NotAcceptable = "not_acceptable";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string BodyTooLarge = "body_too_large";
    public const string BadRequest = "bad_request";
    public const string DigestMismatch = "digest_mismatch";
    public const string IdempotencyKeyReused = "idempotency_key_reused";
    public const string QuotaExceeded = "quota_exceeded";
    public const string StorageFull = "storage_full";
    public const string Unavailable = "unavailable";
    public const string OurFault = "internal_error";
}
