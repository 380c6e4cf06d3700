using Corral.Coordinator.Api.OpenApi;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Api;

/// <summary>Adds the HTTP API to a host.</summary>
internal static class CorralApi
{
    /// <summary>The section of <see cref="JobRules"/>: what the operator allows a job to ask for.</summary>
    public const string RulesSection = "Jobs";

    /// <summary>Adds what the API needs beside <see cref="IJobs"/> and its siblings.</summary>
    public static IServiceCollection AddCorralApi(this IServiceCollection services)
    {
        services.AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsRules>();
        services.AddOptions<JobRules>().BindConfiguration(RulesSection).ValidateOnStart();
        services.AddSingleton<IValidateOptions<JobRules>, JobRulesFaults>();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<ApiOptions>>().Value);
        // Without a default tenant: whose a document is that names none is the key's to say.
        services.TryAddSingleton(provider => new JobDocument(provider.GetRequiredService<IOptions<JobRules>>().Value, "", provider.GetRequiredService<ApiOptions>().MaxJobsPerSubmission));
        services.TryAddSingleton<ApiGate>();
        services.TryAddSingleton<OpenApiWriter>();
        return services;
    }

    /// <summary>Maps every endpoint of the API, its description at <c>/openapi/v1.json</c> and a page to try it at <c>/docs</c>.</summary>
    public static WebApplication MapCorralApi(this WebApplication app)
    {
        app.UseMiddleware<ApiFaults>();
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "docs";
            options.DocumentTitle = "Corral API";
            options.SwaggerEndpoint("/openapi/v1.json", "Corral v1");
        });
        var services = app.Services;
        var routes = new ApiRoutes(app, services.GetRequiredService<ApiGate>(), services.GetRequiredService<ILogger<ApiRoutes>>());
        Group<SubmitEndpoint>().Map(routes);
        Group<JobEndpoints>().Map(routes);
        Group<JobEventEndpoints>().Map(routes);
        Group<StepOutputEndpoints>().Map(routes);
        Group<BlobEndpoints>().Map(routes);
        Group<AgentEndpoints>().Map(routes);
        Group<UsageEndpoints>().Map(routes);
        Group<HealthEndpoints>().Map(routes);
        new OpenApiEndpoint(services.GetRequiredService<OpenApiWriter>(), () => ((IEndpointRouteBuilder)app).DataSources).Map(routes);
        return app;

        T Group<T>() => ActivatorUtilities.CreateInstance<T>(services);
    }
}
