namespace Corral.Shared.Jobs.Validation;

/// <summary>The pair of fields <c>text</c> and <c>blob</c>, of which an object that holds bytes has exactly one.</summary>
internal sealed class ContentFields
{
    private readonly Field<string> text;
    private readonly Field<string> blob;

    public ContentFields(JobRules rules, Func<Field<string>, Field<string>> add)
    {
        text = add(new("text", new TextSchema($"The bytes in place, as UTF-8 text of at most {rules.MaxTextBytes} bytes.", maxBytes: rules.MaxTextBytes)));
        blob = add(new("blob", new TextSchema("The digest of bytes stored with PUT or POST /v1/blobs by the same tenant.", form: TextForm.Digest)));
        Both = [text, blob];
    }

    public IReadOnlyList<Field> Both { get; }

    public Content Read(in FieldSlots slots, ProblemList problems) =>
        new(text.Read(in slots, problems), blob.Read(in slots, problems) is { } digest ? new BlobDigest(digest) : null);
}
