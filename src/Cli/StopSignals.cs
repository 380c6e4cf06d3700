using System.Runtime.InteropServices;

namespace Corral.Cli;

/// <summary>Turns the first SIGINT, SIGTERM or SIGHUP into a cancelled token; the second ends the process at once, as the kernel would have.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() =>
        _registrations = [Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGTERM, 15), Register(PosixSignal.SIGHUP, 1)];

    public CancellationToken Token => _stop.Token;

    /// <summary>The number of the signal that came first.</summary>
    public int? Signal { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        if (Signal is not null)
            return;
        context.Cancel = true;
        Signal = number;
        _stop.Cancel();
    });
}
