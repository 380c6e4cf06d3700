namespace Corral.Shared.Jobs.Validation;

/// <summary>Several jobs in one document: <c>{"jobs": […]}</c>.</summary>
internal sealed class SubmissionSchema : ObjectSchema<IReadOnlyList<JobSpec?>>
{
    private readonly Field<IReadOnlyList<JobSpec?>> jobs;

    public SubmissionSchema(JobSchema job, int maxJobs)
        : base("Several jobs of one tenant: all are accepted or none.") =>
        jobs = Add<IReadOnlyList<JobSpec?>>(new(JobsField, new ListSchema<JobSpec>("The jobs; they are answered in this order.", job, 1, maxJobs) { ItemReference = "#/components/schemas/Job" }, required: true));

    public const string JobsField = "jobs";

    protected override IReadOnlyList<JobSpec?>? Read(in FieldSlots slots, ProblemList problems) => jobs.Read(in slots, problems);
}
