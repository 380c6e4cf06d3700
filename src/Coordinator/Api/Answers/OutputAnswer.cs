using System.ComponentModel;
using System.Text;
using System.Text.Unicode;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>The kept part of a stream: as text, as base64 or by digest, whichever holds every byte of it.</summary>
internal sealed record OutputAnswer(
    [property: Description("All bytes the step wrote, also those that were not kept.")] long Bytes,
    [property: Description("The kept bytes, where they are at most 16 KiB of UTF-8.")] string? Text,
    [property: Description("The kept bytes, where they are at most 16 KiB but not UTF-8.")] byte[]? Base64,
    [property: Description("The digest of the kept bytes, where they are more than 16 KiB.")] string? Blob)
{
    public static OutputAnswer Of(CapturedOutput output, long bytes)
    {
        if (output.Blob is { } blob)
            return new OutputAnswer(bytes, null, null, blob.Value);
        return Utf8.IsValid(output.Inline) ? new OutputAnswer(bytes, Encoding.UTF8.GetString(output.Inline), null, null) : new OutputAnswer(bytes, null, output.Inline, null);
    }
}
