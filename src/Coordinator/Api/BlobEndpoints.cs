using System.Security.Cryptography;
using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Corral.Coordinator.Api;

/// <summary>Bytes by digest, streamed in and out.</summary>
internal sealed class BlobEndpoints(IBlobs blobs)
{
    private static readonly QueryField Tenant = QueryField.NameOf("tenant", "Whose blob; default the key's own tenant.");

    public void Map(ApiRoutes routes)
    {
        var stored = new Operation("storeBlob", "Blobs", "Store bytes; the answer says their digest.")
        {
            Role = ApiRole.Submitter,
            Query = [Tenant],
            Body = OperationBody.Bytes,
            Status = StatusCodes.Status201Created,
            Type = ApiJson.Wire.BlobAnswer,
            Failures = [413, 503, 507],
        };
        routes.Post("/v1/blobs", (context, caller) => StoreAsync(context, caller, null, []), stored);
        routes.Map([HttpMethods.Put], "/v1/blobs", (context, caller) => StoreAsync(context, caller, null, []), stored with { Id = "storeBlobByPut" });
        routes.Map([HttpMethods.Put], "/v1/blobs/{digest}", StoreAsAsync, stored with { Id = "storeBlobAs", Summary = "Store bytes whose digest is known: other bytes are refused and not kept.", Failures = [413, 422, 503, 507] });
        routes.Map([HttpMethods.Get, HttpMethods.Head], "/v1/blobs/{digest}", OpenAsync, new Operation("getBlob", "Blobs", "The bytes of a blob. Knowing a digest is not a permission: a tenant sees what it, or its own jobs, stored.") { Query = [Tenant], Answers = Operation.Bytes, Failures = [404] });
    }

    /// <summary>Sends the bytes, or only their length for HEAD.</summary>
    public static async Task SendAsync(HttpContext context, Stream content, BlobDigest digest)
    {
        await using (content)
        {
            context.Response.ContentType = Operation.Bytes;
            context.Response.ContentLength = content.Length;
            context.Response.Headers.ETag = $"\"{digest}\"";
            if (!HttpMethods.IsHead(context.Request.Method))
                await content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private Task<ProblemAnswer?> StoreAsAsync(HttpContext context, ApiKey caller)
    {
        var problems = new List<Problem>();
        var digest = ReadDigest(context, problems);
        return StoreAsync(context, caller, digest, problems);
    }

    private async Task<ProblemAnswer?> StoreAsync(HttpContext context, ApiKey caller, BlobDigest? expected, IReadOnlyList<Problem> problems)
    {
        var (tenant, refusal) = ReadTenant(context, caller, problems);
        if (refusal is not null)
            return refusal;
        // The store has the limit that counts; the server's own is meant for forms.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        try
        {
            await using var content = expected is { } digest ? new VerifyingStream(context.Request.Body, digest) : context.Request.Body;
            return await blobs.PutAsync(tenant, content, context.RequestAborted) switch
            {
                PutBlobOutcome.Stored stored => await AnswerAsync(context, stored),
                PutBlobOutcome.TooLarge large => RequestBody.TooLarge($"A blob has at most {large.Limit} bytes.") with { Errors = [new Problem(ApiCodes.BodyTooLarge, "", $"A blob has at most {large.Limit} bytes, this body has more. Store it in parts.")] },
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (DigestMismatchException e)
        {
            return ProblemAnswer.Of(
                StatusCodes.Status422UnprocessableEntity, "digest_mismatch", "The bytes are others than announced.", ApiCodes.DigestMismatch, "digest",
                $"The bytes have the digest {e.Actual}, not that of the path, so nothing was stored. Send the right bytes, or PUT them to /v1/blobs/{e.Actual}.");
        }
    }

    private static Task<ProblemAnswer?> AnswerAsync(HttpContext context, PutBlobOutcome.Stored stored)
    {
        context.Response.Headers.Location = $"/v1/blobs/{stored.Digest}";
        return ApiRoutes.SendAsync(context, new BlobAnswer(stored.Digest.Value, stored.Bytes), ApiJson.Wire.BlobAnswer, stored.Existed ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private async Task<ProblemAnswer?> OpenAsync(HttpContext context, ApiKey caller)
    {
        var problems = new List<Problem>();
        var digest = ReadDigest(context, problems);
        var (tenant, refusal) = ReadTenant(context, caller, problems);
        if (refusal is not null)
            return refusal;
        if (await blobs.OpenAsync(tenant, digest, context.RequestAborted) is not { } content)
            return ProblemAnswer.NotFound(ApiCodes.UnknownBlob, "digest", $"The tenant '{tenant}' has stored no blob {digest}. Store its bytes with PUT /v1/blobs.");
        await SendAsync(context, content, digest);
        return null;
    }

    private static BlobDigest ReadDigest(HttpContext context, List<Problem> problems)
    {
        var text = context.Request.RouteValues["digest"] as string ?? "";
        if (!BlobDigest.TryParse(text, out var digest))
            problems.Add(new Problem(ProblemCodes.BadFormat, "digest", $"{ProblemList.Quote(text)} is not a digest. Give 'sha256:' and 64 lower-case hexadecimal digits."));
        return digest;
    }

    private static (string Tenant, ProblemAnswer? Refusal) ReadTenant(HttpContext context, ApiKey caller, IReadOnlyList<Problem> problems)
    {
        var query = new QueryReader(context, [Tenant]);
        var tenant = query.Text(Tenant) ?? caller.DefaultTenant();
        if (problems.Count + query.Problems.Count > 0)
            return (tenant, ProblemAnswer.Invalid([.. problems, .. query.Problems]));
        return (tenant, caller.Sees(tenant) ? null : ProblemAnswer.Forbidden(ApiCodes.ForeignTenant, Tenant.Name, caller.ForeignTenant(tenant)));
    }

    /// <summary>The bytes do not have the digest that the path announced.</summary>
    private sealed class DigestMismatchException(BlobDigest actual) : Exception($"The bytes have the digest {actual}.")
    {
        public BlobDigest Actual { get; } = actual;
    }

    /// <summary>Fails the last read where the bytes are not the announced ones, so that whoever stores them never sees their end and keeps nothing.</summary>
    private sealed class VerifyingStream(Stream inner, BlobDigest expected) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private bool verified;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            hash.AppendData(buffer.Span[..count]);
            if (count == 0 && !buffer.IsEmpty && !verified)
            {
                verified = true;
                var actual = BlobDigest.FromHash(hash.GetHashAndReset());
                if (actual != expected)
                    throw new DigestMismatchException(actual);
            }

            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
