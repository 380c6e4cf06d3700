namespace Corral.Agent.Init;

internal static class Errno
{
    public const int Perm = 1, NoEntry = 2, Interrupted = 4, Again = 11, NoMemory = 12, Access = 13, Exists = 17, NotDirectory = 20, IsDirectory = 21;
    public const int Invalid = 22, TextBusy = 26, TooBig = 7, NoSpace = 28, NameTooLong = 36, NoSys = 38, AddressFamily = 97, AlreadyInUse = 98, Stale = 116;
    public const int Protocol = 71, TimedOut = 110, Canceled = 125;
}
