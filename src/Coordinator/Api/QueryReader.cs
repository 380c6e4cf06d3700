using System.Globalization;
using System.Text.RegularExpressions;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>Reads the query of one request and collects all that is wrong with it.</summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection query;
    private readonly ProblemList problems = new();

    public QueryReader(HttpContext context, IReadOnlyList<QueryField> known)
    {
        query = context.Request.Query;
        if (query.Count == 0)
            return;
        foreach (var (name, values) in query)
        {
            if (!known.Any(field => field.Name == name))
                problems.Add(ProblemCodes.UnknownField, name, $"The query has no field {ProblemList.Quote(name)}. Remove it{(known.Count == 0 ? "" : $", or use one of {string.Join(", ", known.Select(field => field.Name))}")}.");
            else if (values.Count > 1)
                problems.Add(ProblemCodes.DuplicateField, name, $"The field '{name}' is given {values.Count} times. Give it once.");
        }
    }

    public IReadOnlyList<Problem> Problems => problems.Problems;

    public void Refuse(string code, QueryField field, string message) => problems.Add(code, field.Name, message);

    public long Integer(QueryField field)
    {
        var fallback = long.Parse(field.Default!, CultureInfo.InvariantCulture);
        if (Given(field) is not { } text)
            return fallback;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            problems.Add(ProblemCodes.WrongType, field.Name, $"{ProblemList.Quote(text)} is not a whole number. Give one from {field.Minimum} to {field.Maximum}.");
        else if (value < field.Minimum || value > field.Maximum)
            problems.Add(ProblemCodes.OutOfRange, field.Name, $"{value} is outside of what is allowed. Give a whole number from {field.Minimum} to {field.Maximum}.");
        else
            return value;
        return fallback;
    }

    public bool Flag(QueryField field)
    {
        var text = Given(field);
        if (text is not (null or "true" or "false"))
            problems.Add(ProblemCodes.WrongType, field.Name, $"{ProblemList.Quote(text)} is neither 'true' nor 'false'. Give one of them.");
        return text == "true";
    }

    public string? Text(QueryField field)
    {
        if (Given(field) is not { } text)
            return null;
        if (field.MaxLength > 0 && text.Length > field.MaxLength)
            problems.Add(ProblemCodes.TooLong, field.Name, $"The text has more than {field.MaxLength} characters. Shorten it.");
        else if (field.Pattern is not null && !Regex.IsMatch(text, field.Pattern, RegexOptions.ECMAScript | RegexOptions.CultureInvariant))
            problems.Add(ProblemCodes.BadFormat, field.Name, $"{ProblemList.Quote(text)} does not have the form {field.Pattern}. Write it so, or leave the field out.");
        else
            return text;
        return null;
    }

    public T? Word<T>(QueryField field)
        where T : struct, Enum
    {
        if (Given(field) is not { } text)
            return null;
        if (field.Values.Contains(text, StringComparer.Ordinal))
            return Enum.Parse<T>(text);
        problems.Add(ProblemCodes.UnknownValue, field.Name, $"{ProblemList.Quote(text)} is not known here. Use {string.Join(" or ", field.Values.Select(value => $"'{value}'"))}.");
        return null;
    }

    public DateTimeOffset? Time(QueryField field)
    {
        if (Given(field) is not { } text)
            return null;
        // RFC 3339: a zone is needed, or the moment would depend on where the coordinator runs.
        if (DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && (text.EndsWith('Z') || text.AsSpan(19).ContainsAny('+', '-')))
            return time.ToUniversalTime();
        problems.Add(ProblemCodes.BadFormat, field.Name, $"{ProblemList.Quote(text)} is not a moment. Write it like '2026-11-01T12:00:00Z'; in a URL '+' is written '%2B'.");
        return null;
    }

    private string? Given(QueryField field) => query.TryGetValue(field.Name, out var values) ? values[0] ?? "" : null;
}
