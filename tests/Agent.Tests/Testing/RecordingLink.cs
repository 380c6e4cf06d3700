using System.Threading.Channels;
using Corral.Agent.Messaging;

namespace Corral.Agent.Tests.Testing;

/// <summary>The coordinator's end of the bus: keeps what is said, in order.</summary>
internal sealed class RecordingLink : ICoordinatorLink
{
    private readonly Channel<object> _messages = Channel.CreateUnbounded<object>();

    /// <summary>Set: nothing gets through.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often it did not get through.</summary>
    public int Refused { get; private set; }

    public Task SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class
    {
        if (IsDown)
        {
            Refused++;
            throw new IOException("The bus is down.");
        }

        _messages.Writer.TryWrite(message);
        return Task.CompletedTask;
    }

    /// <summary>The next message of this type; others before it are dropped.</summary>
    public async Task<T> NextAsync<T>()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            while (true)
            {
                if (await _messages.Reader.ReadAsync(patience.Token) is T message)
                    return message;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No {typeof(T).Name} was sent within 20 s.");
        }
    }

    /// <summary>Whether a message of this type has been sent and not read.</summary>
    public bool Has<T>()
    {
        while (_messages.Reader.TryPeek(out var message))
        {
            if (message is T)
                return true;
            _messages.Reader.TryRead(out _);
        }

        return false;
    }
}
