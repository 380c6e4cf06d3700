using Corral.Agent.Attempts;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Tests.Attempts;

public sealed class AdmissionTests
{
    [Fact]
    public void Nothing_is_taken_beyond_processors_memory_or_number()
    {
        var admission = new Admission(new AgentCapacity(2, 100, 3));

        Assert.NotNull(admission.TryReserve(new Reservation(1, 50)));
        Assert.Null(admission.TryReserve(new Reservation(1.5, 10)));
        Assert.Null(admission.TryReserve(new Reservation(0.5, 51)));
        Assert.Null(admission.TryReserve(new Reservation(0.5, long.MaxValue)));
        Assert.NotNull(admission.TryReserve(new Reservation(0.5, 25)));
        Assert.NotNull(admission.TryReserve(new Reservation(0.5, 25)));
        Assert.Null(admission.TryReserve(new Reservation(0, 0)));
        Return(admission, new Reservation(0.5, 25));
        Assert.True(admission.TryReserve(new Reservation(0, 0))?.IsCompletedSuccessfully);
    }

    [Fact]
    public void Fractions_of_processors_fill_the_host_and_leave_no_crumbs()
    {
        var admission = new Admission(new AgentCapacity(2, 100, 1000));
        for (var round = 0; round < 1000; round++)
        {
            for (var i = 0; i < 20; i++)
                Assert.True(admission.TryReserve(new Reservation(0.1, 1))?.IsCompletedSuccessfully, $"round {round}, attempt {i}");
            Assert.Null(admission.TryReserve(new Reservation(0.1, 1)));
            for (var i = 0; i < 20; i++)
                Return(admission, new Reservation(0.1, 1));
        }
    }

    [Fact]
    public void Who_gets_the_room_of_one_that_leaves_waits_until_it_is_gone()
    {
        var admission = new Admission(new AgentCapacity(2, 100, 3));
        var (large, small) = (new Reservation(1, 80), new Reservation(0.1, 10));
        Assert.NotNull(admission.TryReserve(large));

        admission.Leave(large);
        var next = admission.TryReserve(large)!;
        var after = admission.TryReserve(small)!;
        Assert.False(next.IsCompleted);
        // There is room for it, but not before those who came first.
        Assert.False(after.IsCompleted);
        Assert.Null(admission.TryReserve(large));

        admission.Gone(large);
        Assert.True(next.IsCompletedSuccessfully);
        Assert.True(after.IsCompletedSuccessfully);
        Assert.True(admission.TryReserve(small)?.IsCompletedSuccessfully);
    }

    private static void Return(Admission admission, Reservation reservation)
    {
        admission.Leave(reservation);
        admission.Gone(reservation);
    }

    [Fact]
    public void A_uid_is_used_by_one_attempt_at_a_time_and_rests_the_longest()
    {
        var users = new UserSlots(1000, 3);

        var first = users.TryTake()!.Value;
        Assert.True(users.TryTake(2));
        Assert.False(users.TryTake(2));
        users.Return(first);
        Assert.Equal(1001, users.IdOf(users.TryTake()!.Value));
        Assert.Equal(1000, users.IdOf(users.TryTake()!.Value));
        Assert.Null(users.TryTake());
    }
}
