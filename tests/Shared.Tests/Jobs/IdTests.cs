using Corral.Shared.Jobs;

namespace Corral.Shared.Tests.Jobs;

public sealed class IdTests
{
    [Fact]
    public void Job_ids_sort_by_the_time_they_were_made()
    {
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var ids = Enumerable.Range(0, 100).Select(ms => JobId.New(start.AddMilliseconds(ms))).ToList();

        Assert.Equal(ids, ids.OrderBy(id => id));
        Assert.Equal(ids, ids.OrderBy(id => id.ToString(), StringComparer.Ordinal));
    }

    [Fact]
    public void Ids_are_read_as_they_are_written()
    {
        var job = JobId.New(DateTimeOffset.UnixEpoch.AddYears(60));
        var attempt = new AttemptId(job, 7);
        var digest = BlobDigest.Of("abc"u8);

        Assert.True(JobId.TryParse(job.ToString(), out var readJob) && readJob == job);
        Assert.True(AttemptId.TryParse(attempt.ToString(), out var readAttempt) && readAttempt == attempt);
        Assert.True(BlobDigest.TryParse(digest.ToString(), out var readDigest) && readDigest == digest);
        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", digest.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("{00000000-0000-0000-0000-000000000000}")]
    [InlineData(" 00000000-0000-0000-0000-000000000000")]
    [InlineData("00000000-0000-0000-0000-00000000000g")]
    [InlineData("00000000-0000-0000-0000-00000000000A")]
    public void Another_form_is_not_a_job_id(string? text) => Assert.False(JobId.TryParse(text, out _));

    [Theory]
    [InlineData("0197b2a4-0000-7000-8000-000000000000")]
    [InlineData("0197b2a4-0000-7000-8000-000000000000/")]
    [InlineData("0197b2a4-0000-7000-8000-000000000000/0")]
    [InlineData("0197b2a4-0000-7000-8000-000000000000/-1")]
    [InlineData("0197b2a4-0000-7000-8000-000000000000/ 1")]
    [InlineData("0197b2a4-0000-7000-8000-000000000000/99999999999")]
    [InlineData("/1")]
    public void Another_form_is_not_an_attempt_id(string text) => Assert.False(AttemptId.TryParse(text, out _));

    [Theory]
    [InlineData("sha256:")]
    [InlineData("sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../etc/passwd0000")]
    public void Another_form_is_not_a_digest(string text) => Assert.False(BlobDigest.TryParse(text, out _));
}
