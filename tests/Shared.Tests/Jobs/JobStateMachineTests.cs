using Corral.Shared.Jobs;

namespace Corral.Shared.Tests.Jobs;

public sealed class JobStateMachineTests
{
    // Every (state, move) pair, written out by hand: the table is the specification.
    private static readonly Dictionary<(JobState, JobMove), JobState?> Table = new()
    {
        [(JobState.Queued, JobMove.Place)] = JobState.Placed,
        [(JobState.Queued, JobMove.Start)] = JobState.Queued,
        [(JobState.Queued, JobMove.Finish)] = null,
        [(JobState.Queued, JobMove.Retry)] = null,
        [(JobState.Queued, JobMove.Cancel)] = JobState.Ended,
        [(JobState.Placed, JobMove.Place)] = null,
        [(JobState.Placed, JobMove.Start)] = JobState.Running,
        [(JobState.Placed, JobMove.Finish)] = JobState.Ended,
        [(JobState.Placed, JobMove.Retry)] = JobState.Queued,
        [(JobState.Placed, JobMove.Cancel)] = JobState.Placed,
        [(JobState.Running, JobMove.Place)] = null,
        [(JobState.Running, JobMove.Start)] = JobState.Running,
        [(JobState.Running, JobMove.Finish)] = JobState.Ended,
        [(JobState.Running, JobMove.Retry)] = JobState.Queued,
        [(JobState.Running, JobMove.Cancel)] = JobState.Running,
        [(JobState.Ended, JobMove.Place)] = null,
        [(JobState.Ended, JobMove.Start)] = JobState.Ended,
        [(JobState.Ended, JobMove.Finish)] = JobState.Ended,
        [(JobState.Ended, JobMove.Retry)] = JobState.Ended,
        [(JobState.Ended, JobMove.Cancel)] = JobState.Ended,
    };

    public static TheoryData<JobState, JobMove> EveryPair()
    {
        var pairs = new TheoryData<JobState, JobMove>();
        foreach (var state in Enum.GetValues<JobState>().Where(state => state != JobState.None))
        {
            foreach (var move in Enum.GetValues<JobMove>())
                pairs.Add(state, move);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void Every_pair_moves_as_the_table_says(JobState state, JobMove move) => Assert.Equal(Table[(state, move)], JobStateMachine.Next(state, move));

    [Fact]
    public void A_state_that_is_never_stored_has_no_legal_move() => Assert.All(Enum.GetValues<JobMove>(), move => Assert.Null(JobStateMachine.Next(JobState.None, move)));

    [Fact]
    public void Nothing_leaves_Ended() => Assert.All(Enum.GetValues<JobMove>(), move => Assert.True(JobStateMachine.Next(JobState.Ended, move) is null or JobState.Ended));
}
