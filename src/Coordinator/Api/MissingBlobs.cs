using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;

namespace Corral.Coordinator.Api;

/// <summary>Finds the blobs that jobs name and their tenant does not have: told at submission, not when a step starts.</summary>
internal static class MissingBlobs
{
    public static async Task CheckAsync(IBlobs blobs, string tenant, IReadOnlyList<JobSpec> specs, bool single, ProblemList problems, CancellationToken cancellationToken)
    {
        var named = new HashSet<BlobDigest>();
        Visit(specs, single, null, (digest, _) => named.Add(digest));
        if (named.Count == 0)
            return;
        var missing = (await blobs.MissingAsync(tenant, named, cancellationToken)).ToHashSet();
        if (missing.Count > 0)
        {
            Visit(specs, single, problems, (digest, here) =>
            {
                if (missing.Contains(digest))
                    here!.Add(ApiCodes.UnknownBlob, "blob", $"The tenant '{tenant}' has stored no blob {digest}. Store its bytes with PUT /v1/blobs first.");
            });
        }
    }

    private static void Visit(IReadOnlyList<JobSpec> specs, bool single, ProblemList? path, Action<BlobDigest, ProblemList?> found)
    {
        for (var j = 0; j < specs.Count; j++)
        {
            if (!single)
            {
                path?.Enter("jobs");
                path?.Enter(j);
            }

            path?.Enter("steps");
            for (var s = 0; s < specs[j].Steps.Count; s++)
            {
                path?.Enter(s);
                Visit(specs[j].Steps[s], path, found);
                path?.Leave();
            }

            path?.Leave();
            if (!single)
            {
                path?.Leave();
                path?.Leave();
            }
        }
    }

    private static void Visit(StepSpec step, ProblemList? path, Action<BlobDigest, ProblemList?> found)
    {
        Visit("stdin", step.Stdin, path, found);
        Visit("expect", step.Expect?.Content, path, found);
        if (step.Files.Count == 0)
            return;
        path?.Enter("files");
        for (var f = 0; f < step.Files.Count; f++)
        {
            if (step.Files[f].Content.Blob is not { } blob)
                continue;
            path?.Enter(f);
            found(blob, path);
            path?.Leave();
        }

        path?.Leave();
    }

    private static void Visit(string field, Content? content, ProblemList? path, Action<BlobDigest, ProblemList?> found)
    {
        if (content?.Blob is not { } blob)
            return;
        path?.Enter(field);
        found(blob, path);
        path?.Leave();
    }
}
