using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>A step's <c>expect</c>.</summary>
internal sealed class ExpectationSchema : ObjectSchema<Expectation>
{
    private const double DefaultTolerance = 1e-6;

    private readonly Field<string> mode;
    private readonly ContentFields content;
    private readonly Field<double?> tolerance;

    public ExpectationSchema(JobRules rules)
        : base("What stdout is compared with. The answer is the fact outputMatches, never a verdict.")
    {
        mode = Add<string>(new("mode", new TextSchema("exact: byte for byte. tokens: the same tokens in the same order, any white space between them. float: as tokens, but two numbers are equal within the tolerance.") { Values = [.. WireWords.ExpectModes] }, required: true));
        content = new ContentFields(rules, field => Add(field));
        tolerance = Add<double?>(new("tolerance", new NumberSchema("With mode float only: the absolute or relative difference allowed for a number.", 0, 1), @default: DefaultTolerance));
    }

    protected override IReadOnlyList<Field> ExactlyOneOf => content.Both;

    protected override Expectation Read(in FieldSlots slots, ProblemList problems)
    {
        var word = mode.Read(in slots, problems);
        var value = new Expectation(WireWords.ExpectModeOf(word), content.Read(in slots, problems), tolerance.Read(in slots, problems)!.Value);
        if (value.Mode is ExpectMode.Exact or ExpectMode.Tokens && slots[tolerance.Index].ValueKind != JsonValueKind.Undefined)
            problems.Add(ProblemCodes.NotApplicable, tolerance.Name, $"A tolerance has no meaning with mode '{word}'. Remove it, or use mode 'float'.");
        return value;
    }
}
