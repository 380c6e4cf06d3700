namespace Corral.Agent.Metering;

/// <summary>The journal cannot be read or made durable: the agent must not take or end work.</summary>
internal sealed class JournalException(string message, Exception? inner = null) : Exception(message, inner);
