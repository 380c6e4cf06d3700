using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>Reads strings that may hold half of a surrogate pair or broken UTF-8, for which System.Text.Json throws.</summary>
internal static class SafeText
{
    public static string? Of(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
