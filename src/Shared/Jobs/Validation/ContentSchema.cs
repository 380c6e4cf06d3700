namespace Corral.Shared.Jobs.Validation;

/// <summary><c>{"text": …}</c> or <c>{"blob": "sha256:…"}</c>.</summary>
internal sealed class ContentSchema : ObjectSchema<Content>
{
    private readonly ContentFields content;

    public ContentSchema(string description, JobRules rules)
        : base(description) => content = new ContentFields(rules, field => Add(field));

    protected override IReadOnlyList<Field> ExactlyOneOf => content.Both;

    protected override Content Read(in FieldSlots slots, ProblemList problems) => content.Read(in slots, problems);
}
