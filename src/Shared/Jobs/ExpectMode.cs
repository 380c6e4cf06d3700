namespace Corral.Shared.Jobs;

/// <summary>How stdout is compared with what is expected. The numbers are stored and sent.</summary>
public enum ExpectMode
{
    /// <summary>Never stored.</summary>
    None = 0,
    /// <summary>Byte for byte.</summary>
    Exact = 1,
    /// <summary>The same tokens in the same order; any white space between them.</summary>
    Tokens = 2,
    /// <summary>As tokens, but two numbers are equal within the tolerance.</summary>
    Float = 3,
}
