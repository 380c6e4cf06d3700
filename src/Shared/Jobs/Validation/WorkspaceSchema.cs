using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>A step's <c>workspace</c>: a word, or an object that names a step.</summary>
internal sealed class WorkspaceSchema : ValueSchema<Workspace>
{
    private readonly TextSchema word = new("shared: the attempt's one read-write workspace. fresh: an empty one for this step alone.") { Values = [WireWords.SharedWorkspace, WireWords.FreshWorkspace] };
    private readonly FromSchema from = new();

    public WorkspaceSchema()
        : base("What is mounted at /box.")
    {
    }

    public override Workspace? Read(JsonElement element, ProblemList problems)
    {
        if (element.ValueKind == JsonValueKind.Object)
            return from.Read(element, problems);
        if (element.ValueKind == JsonValueKind.String)
            return word.Read(element, problems) is { } text ? (text == WireWords.SharedWorkspace ? Workspace.Shared : new Workspace(WorkspaceKind.Fresh)) : null;
        problems.Add(ProblemCodes.WrongType, $"The value is {NameOf(element.ValueKind)}. Give \"shared\", \"fresh\" or {{\"from\": \"STEP\"}}.");
        return null;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("description", Description);
        writer.WriteStartArray("oneOf");
        foreach (ValueSchema option in (ReadOnlySpan<ValueSchema>)[word, from])
        {
            writer.WriteStartObject();
            option.Publish(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private sealed class FromSchema : ObjectSchema<Workspace>
    {
        private readonly Field<string> from;

        public FromSchema()
            : base("A read-only view of the workspace that another step left, frozen when that step ends. That step is then needed too.") =>
            from = Add<string>(new("from", new TextSchema("The name of that step.", 1, 64, TextForm.Name), required: true));

        protected override Workspace? Read(in FieldSlots slots, ProblemList problems) =>
            from.Read(in slots, problems) is { } step ? new Workspace(WorkspaceKind.From, step) : null;
    }
}
