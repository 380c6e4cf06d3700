namespace Corral.Coordinator.Scheduling;

/// <summary>What an agent can take and what of it is free, in a pool's memory.</summary>
internal sealed class AgentRoom(string id, long epoch, Demand capacity, int maxAttempts)
{
    public string Id { get; } = id;
    public long Epoch { get; set; } = epoch;
    public Demand Capacity { get; private set; } = capacity;
    public int MaxAttempts { get; private set; } = maxAttempts;
    public Demand Used { get; private set; }
    public int Attempts { get; private set; }

    /// <summary>Whether a lease runs: only then does it get placements.</summary>
    public bool Live { get; set; } = true;

    public bool HasSlot => Live && Attempts < MaxAttempts;

    public bool Fits(Demand demand) =>
        HasSlot && Used.CpuMilli + demand.CpuMilli <= Capacity.CpuMilli && Used.MemoryBytes + demand.MemoryBytes <= Capacity.MemoryBytes;

    /// <summary>Whether the job would fit an idle agent of this size.</summary>
    public bool CouldFit(Demand demand) => MaxAttempts > 0 && demand.CpuMilli <= Capacity.CpuMilli && demand.MemoryBytes <= Capacity.MemoryBytes;

    public void Take(Demand demand)
    {
        Used = new Demand(Used.CpuMilli + demand.CpuMilli, Used.MemoryBytes + demand.MemoryBytes);
        Attempts++;
    }

    public void Give(Demand demand)
    {
        Used = new Demand(Used.CpuMilli - demand.CpuMilli, Used.MemoryBytes - demand.MemoryBytes);
        Attempts--;
    }

    /// <summary>A new process of the agent may have another size; what is used stays.</summary>
    public void Resize(Demand capacity, int maxAttempts)
    {
        Capacity = capacity;
        MaxAttempts = maxAttempts;
    }

    /// <summary>How much would be left free after the job, as a share of the agent's processors plus that of its memory: the best fit leaves least.</summary>
    public double LeftAfter(Demand demand) =>
        ((Capacity.CpuMilli - Used.CpuMilli - demand.CpuMilli) / (double)Capacity.CpuMilli)
        + ((Capacity.MemoryBytes - Used.MemoryBytes - demand.MemoryBytes) / (double)Capacity.MemoryBytes);
}
