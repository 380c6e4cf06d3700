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

        Assert.True(admission.TryReserve(new Reservation(1, 50)));
        Assert.False(admission.TryReserve(new Reservation(1.5, 10)));
        Assert.False(admission.TryReserve(new Reservation(0.5, 51)));
        Assert.False(admission.TryReserve(new Reservation(0.5, long.MaxValue)));
        Assert.True(admission.TryReserve(new Reservation(0.5, 25)));
        Assert.True(admission.TryReserve(new Reservation(0.5, 25)));
        Assert.False(admission.TryReserve(new Reservation(0, 0)));
        admission.Return(new Reservation(0.5, 25));
        Assert.True(admission.TryReserve(new Reservation(0, 0)));
    }

    [Fact]
    public void Fractions_of_processors_fill_the_host_and_leave_no_crumbs()
    {
        var admission = new Admission(new AgentCapacity(2, 100, 1000));
        for (var round = 0; round < 1000; round++)
        {
            for (var i = 0; i < 20; i++)
                Assert.True(admission.TryReserve(new Reservation(0.1, 1)), $"round {round}, attempt {i}");
            Assert.False(admission.TryReserve(new Reservation(0.1, 1)));
            for (var i = 0; i < 20; i++)
                admission.Return(new Reservation(0.1, 1));
        }
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
