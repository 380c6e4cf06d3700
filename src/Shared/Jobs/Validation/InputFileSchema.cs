namespace Corral.Shared.Jobs.Validation;

/// <summary>An entry of a step's <c>files</c>.</summary>
internal sealed class InputFileSchema : ObjectSchema<InputFile>
{
    private readonly Field<string> path;
    private readonly ContentFields content;
    private readonly Field<bool?> executable;

    public InputFileSchema(JobRules rules)
        : base("A file put into /box before the command starts; an older one of that name is replaced.")
    {
        path = Add<string>(new("path", new TextSchema("Where, relative to /box: at most 4095 bytes, parts of at most 255 bytes, no part empty, '.' or '..'. Missing directories are made.", 1, 4095, TextForm.BoxPath), required: true));
        content = new ContentFields(rules, field => Add(field));
        executable = Add<bool?>(new("executable", new FlagSchema("Mode 0755 instead of 0644."), @default: false));
    }

    protected override IReadOnlyList<Field> ExactlyOneOf => content.Both;

    protected override InputFile Read(in FieldSlots slots, ProblemList problems) =>
        new(path.Read(in slots, problems) ?? "", content.Read(in slots, problems), executable.Read(in slots, problems)!.Value);
}
