using System.Net.Sockets;
using Corral.Agent;
using Microsoft.Extensions.Options;

namespace Corral.Cli.Serving;

/// <summary>What can be wrong at a start, as messages for people: every wrong option at once, a taken port, a host that cannot hold the limits.</summary>
internal static class StartFaults
{
    public static async Task<T> ExplainAsync<T>(Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (OptionsValidationException e)
        {
            throw Options(e.Failures);
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            throw Options(e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures));
        }
        catch (InvalidOperationException e) when (e.InnerException is FormatException or ArgumentException or OverflowException)
        {
            // What the configuration binder says of a value that is no number or no time.
            throw Options([e.Message]);
        }
        catch (IOException e) when (e.GetBaseException() is SocketException socket)
        {
            throw new UserError($"the HTTP API cannot listen: {e.Message} ({socket.SocketErrorCode}). Choose another address with --listen.");
        }
        catch (SandboxException e)
        {
            throw new UserError($"this host cannot run sandboxes: {e.Message} 'corral doctor' shows every check.", ExitCodes.Failure);
        }
    }

    private static UserError Options(IEnumerable<string> failures) =>
        new($"the options are wrong; nothing was started.\n  {string.Join("\n  ", failures.Distinct())}");
}
