namespace Corral.Grains.Local;

internal sealed partial class GrainRuntime
{
    internal static partial class Log
    {
        [LoggerMessage(1901, LogLevel.Warning, "{Grain} failed to activate; the calls that waited fail with the same error.")]
        public static partial void ActivationFailed(ILogger logger, Exception exception, string grain);

        [LoggerMessage(1902, LogLevel.Warning, "{Grain} failed in OnDeactivateAsync; the activation ends all the same.")]
        public static partial void DeactivationFailed(ILogger logger, Exception exception, string grain);

        [LoggerMessage(1903, LogLevel.Warning, "A timer of {Grain} threw; its next tick comes after its period.")]
        public static partial void TimerFailed(ILogger logger, Exception exception, string grain);
    }
}
