namespace Corral.EndToEnd.Tests;

/// <summary>Lets a random time pass before a kill: the moment itself is what is tested, nothing is waited for.</summary>
internal static class RandomMoment
{
    public static Task PassAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, cancellationToken);
}
