using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>Reads what a path names: a job, and one of its steps.</summary>
internal static class JobPath
{
    /// <summary>The job's id, or the answer that names it and the other problems.</summary>
    public static (JobId Id, ProblemAnswer? Refusal) Id(HttpContext context, IReadOnlyList<Problem> others)
    {
        var text = context.Request.RouteValues["id"] as string ?? "";
        if (!JobId.TryParse(text, out var id))
            return (id, ProblemAnswer.Invalid([.. others, new Problem(ProblemCodes.BadFormat, "id", $"{ProblemList.Quote(text)} is not a job's id. Give the 36 characters that the submission answered, lower-case with hyphens.")]));
        return (id, others.Count > 0 ? ProblemAnswer.Invalid(others) : null);
    }

    public static ProblemAnswer Unknown(JobId id) =>
        ProblemAnswer.NotFound(ApiCodes.UnknownJob, "id", $"There is no job {id} that this key may see. Check the id; /v1/jobs lists what there is.");

    /// <summary>The place of the step that the path names, by name or by index from 0; null where the job has no such step.</summary>
    public static int? Step(HttpContext context, JobView job)
    {
        var text = context.Request.RouteValues["step"] as string ?? "";
        for (var i = 0; i < job.Spec.Steps.Count; i++)
        {
            if (job.Spec.Steps[i].Name == text)
                return i;
        }

        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) && index < job.Spec.Steps.Count ? index : null;
    }

    public static ProblemAnswer UnknownStep(HttpContext context, JobView job) => ProblemAnswer.NotFound(
        ApiCodes.UnknownStepOfJob, "step", $"The job {job.Id} has no step {ProblemList.Quote(context.Request.RouteValues["step"] as string ?? "")}. Give a step's name, or its place from 0 to {job.Spec.Steps.Count - 1}.");
}
