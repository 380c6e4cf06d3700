using System.CommandLine;
using System.CommandLine.Parsing;
using Corral.Shared.Jobs;

namespace Corral.Cli.Commands;

/// <summary>Job ids on the command line.</summary>
internal static class JobArgument
{
    public static Argument<string> One()
    {
        var argument = new Argument<string>("job") { Description = "The job's id" };
        argument.Validators.Add(Check);
        return argument;
    }

    public static Argument<string[]> Many()
    {
        var argument = new Argument<string[]>("jobs") { Description = "The jobs' ids", Arity = ArgumentArity.OneOrMore };
        argument.Validators.Add(Check);
        return argument;
    }

    /// <summary>The id as a part of a path; the validator let only UUIDs through.</summary>
    public static string Path(string job) => Uri.EscapeDataString(job);

    private static void Check(ArgumentResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!JobId.TryParse(token.Value, out _))
                result.AddError($"'{token.Value}' is not a job's id: those are 36 characters, for example 0197c5a2-7d43-7e51-b7a4-0c8d5a1f2b3c.");
        }
    }
}
