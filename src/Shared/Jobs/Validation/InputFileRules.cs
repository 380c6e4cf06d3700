namespace Corral.Shared.Jobs.Validation;

/// <summary>What the files of one step must be to each other: distinct, and none a directory of another.</summary>
internal static class InputFileRules
{
    public static void Check(IReadOnlyList<InputFile> files, ProblemList problems)
    {
        if (files.Count < 2)
            return;
        var first = new Dictionary<string, int>(files.Count, StringComparer.Ordinal);
        var byText = first.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i < files.Count; i++)
        {
            // An unreadable path is the empty one and has its problem already.
            if (files[i].Path.Length > 0 && !first.TryAdd(files[i].Path, i))
                AddAt(problems, i, ProblemCodes.DuplicatePath, $"The path {ProblemList.Quote(files[i].Path)} is that of files[{first[files[i].Path]}] too. Give each path once.");
        }

        for (var i = 0; i < files.Count; i++)
        {
            var path = files[i].Path.AsSpan();
            for (var slash = path.LastIndexOf('/'); slash > 0; slash = path[..slash].LastIndexOf('/'))
            {
                if (byText.TryGetValue(path[..slash], out var parent))
                    AddAt(problems, i, ProblemCodes.PathIsParent, $"The path {ProblemList.Quote(files[i].Path)} lies beneath files[{parent}], which is a file. Rename one of them.");
            }
        }
    }

    private static void AddAt(ProblemList problems, int index, string code, string message)
    {
        problems.Enter("files");
        problems.Enter(index);
        problems.Add(code, "path", message);
        problems.Leave();
        problems.Leave();
    }
}
