namespace Corral.Coordinator.Tests.Api;

/// <summary>A document that the published description forbids.</summary>
/// <param name="Property">The property of the description it is made for, such as <c>steps[0].limits.pids</c>.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Body">The whole document.</param>
/// <param name="Field">The field that the answer must name.</param>
/// <param name="IsPrefix">The answer may name something beneath the field: keys that the caller chose.</param>
public sealed record BadInputCase(string Property, string Fault, string Body, string Field, bool IsPrefix = false)
{
    public string Name => $"{Property}: {Fault}";
}
