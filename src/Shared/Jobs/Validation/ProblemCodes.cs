namespace Corral.Shared.Jobs.Validation;

/// <summary>The codes of <see cref="Problem.Code"/>. They are part of the API: never renamed, never given another meaning.</summary>
public static class ProblemCodes
{
    /// <summary>The text is not JSON, or nested deeper than 32 levels; the message gives line and position.</summary>
    public const string MalformedJson = "malformed_json";
    /// <summary>The bytes are not UTF-8.</summary>
    public const string NotUtf8 = "not_utf8";
    /// <summary>A string holds half of a surrogate pair.</summary>
    public const string NotUnicode = "not_unicode";
    /// <summary>There is nothing where a document should be.</summary>
    public const string EmptyBody = "empty_body";
    /// <summary>A value of another JSON type.</summary>
    public const string WrongType = "wrong_type";
    /// <summary>A field that the object does not have.</summary>
    public const string UnknownField = "unknown_field";
    /// <summary>A field or key that is given twice.</summary>
    public const string DuplicateField = "duplicate_field";
    /// <summary>A field that must be given is not.</summary>
    public const string MissingField = "missing_field";
    /// <summary>A number below the least or above the greatest allowed value.</summary>
    public const string OutOfRange = "out_of_range";
    /// <summary>A text of fewer bytes, or a list of fewer entries, than allowed.</summary>
    public const string TooShort = "too_short";
    /// <summary>A text of more bytes, or a list or map of more entries, than allowed.</summary>
    public const string TooLong = "too_long";
    /// <summary>A text that does not have the form the field asks for.</summary>
    public const string BadFormat = "bad_format";
    /// <summary>A value that is not one of the listed ones.</summary>
    public const string UnknownValue = "unknown_value";
    /// <summary>An image that no agent has.</summary>
    public const string UnknownImage = "unknown_image";
    /// <summary>A text holds a NUL, which the kernel would take for its end.</summary>
    public const string ContainsNul = "contains_nul";
    /// <summary>A path that would lead out of <c>/box</c>: absolute, or with a part <c>..</c>.</summary>
    public const string PathEscapes = "path_escapes";
    /// <summary>A path that is not in its shortest form, or has a part of more than 255 bytes.</summary>
    public const string BadPath = "bad_path";
    /// <summary>Two files of one path.</summary>
    public const string DuplicatePath = "duplicate_path";
    /// <summary>A file whose path is a directory of another file's path.</summary>
    public const string PathIsParent = "path_is_parent";
    /// <summary>Two steps of one name.</summary>
    public const string DuplicateStep = "duplicate_step";
    /// <summary>The same entry twice in a list of distinct ones.</summary>
    public const string DuplicateEntry = "duplicate_entry";
    /// <summary>A step that the job does not have.</summary>
    public const string UnknownStep = "unknown_step";
    /// <summary>A step that waits for itself.</summary>
    public const string NeedsItself = "needs_itself";
    /// <summary>Steps that wait for each other in a circle.</summary>
    public const string CyclicNeeds = "cyclic_needs";
    /// <summary>A step that would write into the shared workspace after another step's <c>from</c> froze it.</summary>
    public const string WorkspaceFrozen = "workspace_frozen";
    /// <summary>Files for a step whose workspace is read-only.</summary>
    public const string WorkspaceReadOnly = "workspace_read_only";
    /// <summary>Two fields of which exactly one must be given.</summary>
    public const string ExactlyOne = "exactly_one";
    /// <summary>A field that has no meaning beside another one.</summary>
    public const string NotApplicable = "not_applicable";
    /// <summary>Parts that are allowed one by one but not together.</summary>
    public const string SumTooLarge = "sum_too_large";
    /// <summary>More problems were found than are listed.</summary>
    public const string MoreProblems = "more_problems";
}
