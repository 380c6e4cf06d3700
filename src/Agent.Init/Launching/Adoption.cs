namespace Corral.Agent.Init;

/// <summary>Tells an agent that has just attached all that an earlier one left behind.</summary>
internal static unsafe class Adoption
{
    public static void HandOver(int agent)
    {
        HelloMessage welcome = default;
        welcome.Envelope.Kind = MessageKind.Welcome;
        welcome.Version = Protocol.Version;
        welcome.Launcher = (int)Kernel.Call(Sys.GetPid);
        welcome.Cloner = Cloner.Pid;
        Packets.Send(agent, &welcome, sizeof(HelloMessage), null, 0);
        for (var i = 0; i < SandboxTable.End; i++)
        {
            if (SandboxTable.At(i)->State == SandboxState.Step && SandboxTable.At(i)->Forgotten == 0)
                Send(agent, SandboxTable.At(i));
        }

        Envelope message = default;
        for (var i = 0; i < Workspaces.Count; i++)
        {
            message.Kind = MessageKind.AdoptedWorkspace;
            message.Id = Workspaces.IdAt(i);
            var root = Workspaces.OpenRoot(message.Id);
            Packets.Send(agent, &message, sizeof(Envelope), &root, root < 0 ? 0 : 1);
            Kernel.Close(root);
        }

        message.Kind = MessageKind.AdoptionDone;
        message.Id = 0;
        Packets.Send(agent, &message, sizeof(Envelope), null, 0);
    }

    private static void Send(int agent, SandboxEntry* entry)
    {
        AdoptedMessage adopted = default;
        adopted.Envelope.Kind = MessageKind.Adopted;
        adopted.Envelope.Id = entry->Id;
        adopted.Pid = entry->Pid;
        adopted.KillReason = entry->KillReason;
        adopted.KilledNs = entry->KilledNs;
        adopted.DeadNs = entry->DeadNs;
        adopted.Note = entry->Note;
        Bytes.Copy(adopted.Group, entry->Group, Protocol.GroupNameBytes);
        var fds = stackalloc int[AdoptedMessage.Descriptors];
        fds[0] = entry->Control;
        fds[1] = entry->Pidfd;
        fds[2] = entry->StdoutRead;
        fds[3] = entry->StderrRead;
        fds[4] = entry->StdoutKept;
        fds[5] = entry->StderrKept;
        Packets.Send(agent, &adopted, sizeof(AdoptedMessage), fds, AdoptedMessage.Descriptors);
    }
}
