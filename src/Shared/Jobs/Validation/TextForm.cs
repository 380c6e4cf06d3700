namespace Corral.Shared.Jobs.Validation;

/// <summary>A form that a text must have: the published pattern (ECMA-262) and the same thing as code, because a job holds thousands of texts and some forms deserve a reason of their own.</summary>
/// <param name="Pattern">The published pattern.</param>
/// <param name="Fault">The code and message for a text that does not have the form; null for one that does.</param>
internal sealed record TextForm(string Pattern, Func<string, (string Code, string Message)?> Fault)
{
    /// <summary>Any text without NUL: what the kernel takes as an argument.</summary>
    public static TextForm NoNul { get; } = new(@"^[^\u0000]*$", NulFault);

    /// <summary>Names of tenants, pools and steps.</summary>
    public static TextForm Name { get; } = new("^[a-z0-9][a-z0-9._-]{0,63}$", value =>
        value.Length is > 0 and <= 64 && IsLowerOrDigit(value[0]) && value.All(c => IsLowerOrDigit(c) || c is '.' or '_' or '-')
            ? null
            : (ProblemCodes.BadFormat, $"{ProblemList.Quote(value)} is not a name. Use 1 to 64 of a-z, 0-9, '-', '_' and '.', first a letter or digit."));

    public static TextForm LabelKey { get; } = new("^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$", value =>
        value.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-')
            ? null
            : (ProblemCodes.BadFormat, $"{ProblemList.Quote(value)} is not a label key. Use 1 to 63 of A-Z, a-z, 0-9, '.', '_', '/' and '-', first a letter or digit."));

    public static TextForm LabelValue { get; } = new(@"^[^\u0000-\u001F\u007F]*$", value =>
        !value.Any(IsControl) ? null : (ProblemCodes.BadFormat, $"{ProblemList.Quote(value)} holds a control character. Remove it."));

    public static TextForm EnvName { get; } = new(@"^[^=\u0000-\u001F\u007F]+$", value =>
        value.Length > 0 && !value.Any(c => c == '=' || IsControl(c))
            ? null
            : (ProblemCodes.BadFormat, $"{ProblemList.Quote(value)} cannot name an environment variable. Use at least one character, and neither '=' nor control characters."));

    public static TextForm Digest { get; } = new("^sha256:[0-9a-f]{64}$", value =>
        BlobDigest.TryParse(value, out _)
            ? null
            : (ProblemCodes.BadFormat, $"{ProblemList.Quote(value)} is not a digest. Give 'sha256:' and 64 lower-case hexadecimal digits, as PUT /v1/blobs answers them."));

    /// <summary>A path beneath <c>/box</c>.</summary>
    public static TextForm BoxPath { get; } = new(@"^(?!\.{1,2}(/|$))[^/\u0000]{1,255}(/(?!\.{1,2}(/|$))[^/\u0000]{1,255})*$", PathFault);

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static bool IsControl(char c) => c is < ' ' or '\u007f';

    private static (string, string)? NulFault(string value) => value.Contains('\0', StringComparison.Ordinal)
        ? (ProblemCodes.ContainsNul, $"{ProblemList.Quote(value)} holds a NUL, which the kernel would take for its end. Remove it.")
        : null;

    private static (string, string)? PathFault(string value)
    {
        if (NulFault(value) is { } nul)
            return nul;
        if (value.StartsWith('/'))
            return (ProblemCodes.PathEscapes, $"The path {ProblemList.Quote(value)} is absolute. Give it relative to /box, without the leading slash.");
        foreach (var range in value.AsSpan().Split('/'))
        {
            var part = value.AsSpan(range);
            if (part is "..")
                return (ProblemCodes.PathEscapes, $"The path {ProblemList.Quote(value)} has a part '..', which could lead out of /box. Write it without.");
            if (part.Length == 0 || part is ".")
                return (ProblemCodes.BadPath, $"The path {ProblemList.Quote(value)} has an empty part or a part '.'. Write it in its shortest form, such as 'src/a.c'.");
            if (System.Text.Encoding.UTF8.GetByteCount(part) > 255)
                return (ProblemCodes.BadPath, $"The path {ProblemList.Quote(value)} has a part of more than 255 bytes, the most a file name may have. Shorten it.");
        }

        return null;
    }
}
