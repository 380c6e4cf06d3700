using Corral.Coordinator.Storage;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Api;

/// <summary>Outermost: turns whatever no endpoint answered into <c>application/problem+json</c>, without a stack trace.</summary>
internal sealed class ApiFaults(RequestDelegate next, ILogger<ApiFaults> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentType is null && Unanswered(context) is { } problem)
                await problem.WriteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left: nobody reads an answer, and nothing is wrong with us.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await (e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? RequestBody.TooLarge("The body is longer than the server takes.")
                : ProblemAnswer.Of(e.StatusCode, "bad_request", "The request could not be read.", ApiCodes.BadRequest, "", "The request broke off or is not HTTP as it should be. Send it again, whole.")).WriteAsync(context);
        }
        catch (StorageException e) when (!context.Response.HasStarted && e.IsTransient)
        {
            logger.StoreRefused(context.Request.Method, context.Request.Path, e.Fault);
            await Refused(e).WriteAsync(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            logger.RequestFailed(context.Request.Method, context.Request.Path, e);
            context.Response.Clear();
            await ProblemAnswer.Of(StatusCodes.Status500InternalServerError, "internal_error", "The coordinator failed.", ApiCodes.OurFault, "",
                "The coordinator failed by its own fault; its log says how. Try again, and tell the operator if it stays so.").WriteAsync(context);
        }
    }

    private static ProblemAnswer? Unanswered(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => ProblemAnswer.NotFound(ApiCodes.UnknownPath, "", $"There is nothing at {ProblemList.Quote(context.Request.Path)}. /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => ProblemAnswer.Of(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "The method is not allowed here.", ApiCodes.MethodNotAllowed, "",
            $"{ProblemList.Quote(context.Request.Path)} does not take {ProblemList.Quote(context.Request.Method)}. Use {context.Response.Headers.Allow}."),
        var status => ProblemAnswer.Of(status, "bad_request", "The request could not be answered.", ApiCodes.BadRequest, "", $"The request was refused with HTTP {status}. Correct it as /openapi/v1.json says."),
    };

    private static ProblemAnswer Refused(StorageException e) => e.Fault == StorageFault.Full
        ? ProblemAnswer.Of(StatusCodes.Status507InsufficientStorage, "storage_full", "There is no room.", ApiCodes.StorageFull, "", "The coordinator's disk is full, so nothing was accepted. Try again when its operator has made room.") with { RetryAfter = TimeSpan.FromSeconds(30) }
        : ProblemAnswer.Of(StatusCodes.Status503ServiceUnavailable, "unavailable", "The coordinator cannot do this now.", ApiCodes.Unavailable, "", "The coordinator's store is busy or failing, so nothing was accepted. Try again in a moment.") with { RetryAfter = TimeSpan.FromSeconds(1) };
}
