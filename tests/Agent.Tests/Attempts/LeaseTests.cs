using Corral.Agent.Attempts;

namespace Corral.Agent.Tests.Attempts;

public sealed class LeaseTests
{
    private const long Ms = 1_000_000;

    private static Lease Welcomed(long askedNs = 1000 * Ms, long epoch = 1)
    {
        var lease = new Lease();
        lease.Asked(askedNs);
        Assert.True(lease.Welcome(epoch, 5000));
        return lease;
    }

    [Fact]
    public void It_counts_from_the_moment_it_was_asked_for()
    {
        var lease = Welcomed();

        Assert.True(lease.IsHeld(5999 * Ms));
        Assert.False(lease.IsHeld(6000 * Ms));
    }

    [Fact]
    public void Of_several_tries_to_ask_the_first_counts()
    {
        var lease = new Lease();
        lease.Asked(1000 * Ms);
        lease.Asked(9000 * Ms);
        lease.Welcome(1, 5000);

        Assert.False(lease.IsHeld(9500 * Ms));
    }

    [Fact]
    public void A_renewal_counts_from_when_it_was_sent_and_not_from_its_answer()
    {
        var lease = Welcomed();
        var renewal = lease.Renewing(2000 * Ms);

        Assert.True(lease.Renewed(1, renewal, 5000));
        Assert.Equal(7000 * Ms, lease.EndsNs);
    }

    [Fact]
    public void Answers_out_of_order_never_shorten_it()
    {
        var lease = Welcomed();
        var (first, second) = (lease.Renewing(2000 * Ms), lease.Renewing(3000 * Ms));

        Assert.True(lease.Renewed(1, second, 5000));
        Assert.False(lease.Renewed(1, first, 5000));
        Assert.Equal(8000 * Ms, lease.EndsNs);
    }

    [Theory]
    [InlineData(2, 1)] // another epoch
    [InlineData(1, 2)] // never sent
    [InlineData(1, -40)]
    public void An_answer_to_something_else_is_ignored(long epoch, long renewal)
    {
        var lease = Welcomed();
        lease.Renewing(2000 * Ms);

        Assert.False(lease.Renewed(epoch, renewal, 5000));
    }

    [Fact]
    public void After_a_loss_only_a_higher_epoch_is_a_welcome()
    {
        var lease = Welcomed(epoch: 3);
        var renewal = lease.Renewing(2000 * Ms);
        lease.Lose();

        Assert.False(lease.IsHeld(2000 * Ms));
        Assert.False(lease.Renewed(3, renewal, 5000));
        lease.Asked(7000 * Ms);
        Assert.False(lease.Welcome(3, 5000));
        Assert.True(lease.Welcome(4, 5000));
        Assert.True(lease.IsHeld(8000 * Ms));
    }

    [Fact]
    public void Of_several_welcomes_the_highest_epoch_stands_and_ends_nothing_sooner()
    {
        var lease = Welcomed();
        lease.Renewed(1, lease.Renewing(3000 * Ms), 5000);

        Assert.True(lease.Welcome(2, 5000));
        Assert.Equal((2, 8000 * Ms), (lease.Epoch, lease.EndsNs));
        Assert.False(lease.Welcome(1, 5000));
    }

    [Fact]
    public void A_welcome_that_nobody_asked_for_is_none() => Assert.False(new Lease().Welcome(1, 5000));
}
