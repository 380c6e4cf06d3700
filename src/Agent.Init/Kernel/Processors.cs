namespace Corral.Agent.Init;

/// <summary>The processors that a process may run on. https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html</summary>
internal unsafe struct Processors
{
    private const int Bytes = 1024, BitsOfWord = 64;

    private fixed ulong _words[Bytes / sizeof(ulong)];
    private int _length;

    /// <summary>Those of this process.</summary>
    public static void ReadOwn(Processors* set) => set->_length = (int)Kernel.Call(Sys.SchedGetaffinity, 0, Bytes, (nint)set->_words);

    /// <summary>
    /// Keeps this process, and what it forks, on the processor it runs on, until <see cref="Use"/>. Where the set could not be read, or the kernel refuses,
    /// it stays as it is: this only saves time.
    /// </summary>
    public static void Stay(Processors* own)
    {
        uint now;
        Processors one = default;
        if (own->_length <= 0 || Kernel.Call(Sys.Getcpu, (nint)(&now), 0, 0) != 0 || now >= Bytes * 8)
            return;
        one._words[now / BitsOfWord] = 1UL << (int)(now % BitsOfWord);
        one._length = own->_length;
        Use(&one);
    }

    /// <summary>Lets this process run on them.</summary>
    public static void Use(Processors* set)
    {
        if (set->_length > 0)
            Kernel.Call(Sys.SchedSetaffinity, 0, set->_length, (nint)set->_words);
    }
}
