using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>Writes a job as the document that <see cref="JobDocument"/> reads, every default spelled out.</summary>
public static class JobWriter
{
    /// <summary>Writes the job as one object.</summary>
    /// <param name="writer">Gets the object.</param>
    /// <param name="spec">A validated job.</param>
    public static void Write(Utf8JsonWriter writer, JobSpec spec)
    {
        writer.WriteStartObject();
        writer.WriteString("tenant"u8, spec.Tenant);
        writer.WriteString("pool"u8, spec.Pool);
        writer.WriteNumber("priority"u8, spec.Priority);
        Write(writer, "labels", spec.Labels);
        writer.WriteBoolean("stopOnFailure"u8, spec.StopOnFailure);
        writer.WriteNumber("maxAttempts"u8, spec.MaxAttempts);
        writer.WriteStartArray("steps"u8);
        foreach (var step in spec.Steps)
            Write(writer, step);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, StepSpec step)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, step.Name);
        writer.WriteString("image"u8, step.Image);
        Write(writer, "command", step.Command);
        Write(writer, "env", step.Env);
        if (step.Stdin is { } stdin)
        {
            writer.WriteStartObject("stdin"u8);
            Write(writer, stdin);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("files"u8);
        foreach (var file in step.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path"u8, file.Path);
            Write(writer, file.Content);
            writer.WriteBoolean("executable"u8, file.Executable);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Write(writer, "outputs", step.Outputs);
        if (step.Needs is { } needs)
            Write(writer, "needs", needs);
        writer.WriteBoolean("parallel"u8, step.Parallel);
        WriteWorkspace(writer, step.Workspace);
        if (step.Expect is { } expect)
            Write(writer, expect);
        Write(writer, step.Limits);
        writer.WriteEndObject();
    }

    private static void WriteWorkspace(Utf8JsonWriter writer, Workspace workspace)
    {
        if (workspace.Kind != WorkspaceKind.From)
        {
            writer.WriteString("workspace"u8, workspace.Kind == WorkspaceKind.Fresh ? WireWords.FreshWorkspace : WireWords.SharedWorkspace);
            return;
        }

        writer.WriteStartObject("workspace"u8);
        writer.WriteString("from"u8, workspace.From);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Expectation expect)
    {
        writer.WriteStartObject("expect"u8);
        writer.WriteString("mode"u8, WireWords.WordOf(expect.Mode));
        Write(writer, expect.Content);
        if (expect.Mode == ExpectMode.Float)
            writer.WriteNumber("tolerance"u8, expect.Tolerance);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ResourceLimits limits)
    {
        writer.WriteStartObject("limits"u8);
        writer.WriteNumber("cpus"u8, limits.Cpus);
        writer.WriteNumber("memoryBytes"u8, limits.MemoryBytes);
        writer.WriteNumber("pids"u8, limits.Pids);
        writer.WriteNumber("cpuTimeMs"u8, limits.CpuTimeMs);
        writer.WriteNumber("wallTimeMs"u8, limits.WallTimeMs);
        writer.WriteNumber("outputBytes"u8, limits.OutputBytes);
        writer.WriteNumber("captureBytes"u8, limits.CaptureBytes);
        writer.WriteNumber("scratchBytes"u8, limits.ScratchBytes);
        writer.WriteNumber("scratchInodes"u8, limits.ScratchInodes);
        writer.WriteNumber("openFiles"u8, limits.OpenFiles);
        writer.WriteNumber("stackBytes"u8, limits.StackBytes);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Content content)
    {
        if (content.Blob is { } blob)
            writer.WriteString("blob"u8, blob.Value);
        else
            writer.WriteString("text"u8, content.Text);
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> entries)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in entries)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> entries)
    {
        writer.WriteStartArray(name);
        foreach (var entry in entries)
            writer.WriteStringValue(entry);
        writer.WriteEndArray();
    }
}
