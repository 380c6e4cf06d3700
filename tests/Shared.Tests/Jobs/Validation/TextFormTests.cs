using System.Text.RegularExpressions;
using Corral.Shared.Jobs.Validation;

namespace Corral.Shared.Tests.Jobs.Validation;

public sealed class TextFormTests
{
    [Fact]
    public void The_published_pattern_and_the_code_accept_the_same_texts()
    {
        (string Name, TextForm Form)[] forms =
        [
            ("NoNul", TextForm.NoNul), ("Name", TextForm.Name), ("LabelKey", TextForm.LabelKey), ("LabelValue", TextForm.LabelValue),
            ("EnvName", TextForm.EnvName), ("Digest", TextForm.Digest), ("BoxPath", TextForm.BoxPath),
        ];
        foreach (var (name, form) in forms)
        {
            var pattern = new Regex(form.Pattern, RegexOptions.ECMAScript | RegexOptions.CultureInvariant);
            var random = new Random(name.Length);
            string[] whole = ["", "a", "A", ".", "..", "/", "a/b", "a/../b", "...", "a/.", "./a", "a..b", "sha256:" + new string('a', 64), "sha256:" + new string('g', 64), new string('a', 63), new string('a', 64), new string('a', 65), new string('a', 256), "x/" + new string('b', 255)];
            foreach (var text in whole.Concat(Enumerable.Range(0, 20_000).Select(_ => Random(random))))
                Assert.True(pattern.IsMatch(text) == (form.Fault(text) is null), $"{name}: the pattern {form.Pattern} and the code differ on {ProblemList.Quote(text)}.");
        }
    }

    private static string Random(Random random) => new([.. Enumerable.Range(0, random.Next(6)).Select(_ => "aZ09._-/=\0\u001f\u007f \\"[random.Next(14)])]);
}
