using System.Buffers;
using System.Text;
using System.Text.Json;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;

namespace Corral.Shared.Tests.Jobs.Validation;

public sealed class JobRoundTripTests
{
    private static readonly JobDocument Document = new(JobRules.Default);

    [Fact]
    public void A_job_is_read_as_it_was_written()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var text = Write(new JobGenerator(seed).Job());

            var (spec, problems) = Document.Parse(text);

            Assert.True(problems.Count == 0, $"Seed {seed}: {string.Join("; ", problems)} in {Encoding.UTF8.GetString(text)}");
            Assert.Equal(Encoding.UTF8.GetString(text), Encoding.UTF8.GetString(Write(spec!)));
        }
    }

    [Fact]
    public void What_is_written_is_what_the_record_holds()
    {
        var spec = new JobGenerator(42).Job();

        var read = Document.Parse(Write(spec)).Spec!;

        Assert.Equal(JsonSerializer.Serialize(spec), JsonSerializer.Serialize(read));
    }

    [Fact]
    public void A_truncated_document_has_a_problem_and_never_throws()
    {
        var text = Write(new JobGenerator(7).Job());
        for (var length = 0; length < text.Length; length++)
            Assert.NotEmpty(Document.Parse(text.AsMemory(0, length)).Problems);
    }

    [Fact]
    public void A_damaged_document_never_throws()
    {
        var random = new Random(1);
        for (var seed = 0; seed < 3_000; seed++)
        {
            var text = Write(new JobGenerator(seed % 50).Job());
            for (var hits = random.Next(1, 4); hits > 0; hits--)
                text[random.Next(text.Length)] = (byte)random.Next(256);

            var (spec, problems) = Document.Parse(text);

            Assert.Equal(spec is null, problems.Count > 0);
            Assert.All(problems, problem => Assert.EndsWith(".", problem.Message, StringComparison.Ordinal));
        }
    }

    internal static byte[] Write(JobSpec spec)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            JobWriter.Write(writer, spec);
        return buffer.WrittenSpan.ToArray();
    }
}
