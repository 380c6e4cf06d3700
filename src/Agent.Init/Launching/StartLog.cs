using System;

namespace Corral.Agent.Init;

/// <summary>One line a step at its start and at its end, outside Corral's own books: JOB/ATTEMPT STEP BOOTTIME_NS start|end.</summary>
internal static unsafe class StartLog
{
    public static void Write(int file, StepNote* note, long timeNs, byte* what)
    {
        if (file < 0)
            return;
        var line = stackalloc byte[160];
        var end = line;
        for (var i = 0; i < 16; i++)
        {
            if (i is 4 or 6 or 8 or 10)
                *end++ = (byte)'-';
            end = Bytes.AppendHex(end, note->Job[i]);
        }

        end = Bytes.Append(Bytes.Append(end, Kernel.Text("/"u8)), note->Attempt);
        end = Bytes.Append(Bytes.Append(end, Kernel.Text(" "u8)), note->StepIndex);
        end = Bytes.Append(Bytes.Append(end, Kernel.Text(" "u8)), timeNs);
        end = Bytes.Append(Bytes.Append(end, Kernel.Text(" "u8)), what);
        end = Bytes.Append(end, Kernel.Text("\n"u8));
        // O_APPEND: a line is one write, whole.
        Kernel.Write(file, line, (nint)(end - line));
    }
}
