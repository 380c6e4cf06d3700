using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Corral.Coordinator.Api.OpenApi;

/// <summary>Small things that documents made of nodes need.</summary>
internal static class JsonNodes
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToUtf8(this JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString(Readable));
}
