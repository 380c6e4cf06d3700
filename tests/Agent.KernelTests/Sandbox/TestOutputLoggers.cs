using Microsoft.Extensions.Logging;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>Shows what the room logs beside the test that made it do so.</summary>
internal sealed class TestOutputLoggers : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {formatter(state, exception)} {exception}");
        }
        catch (InvalidOperationException)
        {
            // The test whose flow this thread carries has ended; its fixture lives on.
        }
    }

    public void Dispose()
    {
    }
}
