namespace Corral.Agent.Init;

internal enum SandboxState
{
    /// <summary>The entry is not used.</summary>
    Free = 0,
    /// <summary>Asked of the cloner.</summary>
    Creating = 1,
    /// <summary>Lives; no step has been dispatched to it.</summary>
    Warm = 2,
    /// <summary>Has a step, from dispatch until the agent releases it, dead or alive.</summary>
    Step = 3,
}

/// <summary>What the launcher holds of a sandbox, so that an agent that dies loses nothing of it.</summary>
internal unsafe struct SandboxEntry
{
    public ulong Id;
    public SandboxState State;

    /// <summary>Nobody wants it any more: it goes when it is dead.</summary>
    public int Forgotten;
    public int Control, Pidfd, Go, Scratch, Kill, StdoutRead, StderrRead, StdoutKept, StderrKept;
    public int Pid, KillReason;
    public long KilledNs, DeadNs;
    public StepNote Note;
    public fixed byte Group[Protocol.GroupNameBytes];
}

/// <summary>All sandboxes. Searched from the front: there are tens, at most some hundreds.</summary>
internal static unsafe class SandboxTable
{
    public const int Capacity = 4096;

    private static SandboxEntry* _entries;

    /// <summary>One more than the highest entry in use.</summary>
    public static int End;

    public static void Initialize() => _entries = (SandboxEntry*)Kernel.Allocate(Capacity * sizeof(SandboxEntry));

    public static SandboxEntry* At(int index) => _entries + index;

    public static int IndexOf(SandboxEntry* entry) => (int)(entry - _entries);

    public static SandboxEntry* Find(ulong id)
    {
        for (var i = 0; i < End; i++)
        {
            if (_entries[i].Id == id && _entries[i].State != SandboxState.Free)
                return _entries + i;
        }

        return null;
    }

    /// <summary>A fresh entry, or null where the table is full.</summary>
    public static SandboxEntry* Add(ulong id)
    {
        var index = 0;
        while (index < End && _entries[index].State != SandboxState.Free)
            index++;
        if (index == Capacity)
            return null;
        if (index == End)
            End++;
        var entry = _entries + index;
        *entry = default;
        entry->Id = id;
        entry->State = SandboxState.Creating;
        entry->Control = entry->Pidfd = entry->Go = entry->Scratch = entry->Kill = -1;
        entry->StdoutRead = entry->StderrRead = entry->StdoutKept = entry->StderrKept = -1;
        return entry;
    }

    public static void Remove(SandboxEntry* entry)
    {
        Kernel.Close(entry->Control);
        Kernel.Close(entry->Pidfd);
        Kernel.Close(entry->Go);
        Kernel.Close(entry->Scratch);
        Kernel.Close(entry->Kill);
        Kernel.Close(entry->StdoutRead);
        Kernel.Close(entry->StderrRead);
        Kernel.Close(entry->StdoutKept);
        Kernel.Close(entry->StderrKept);
        entry->State = SandboxState.Free;
        while (End > 0 && _entries[End - 1].State == SandboxState.Free)
            End--;
    }
}
