// The base library as far as the compiler insists on it: names and shapes, almost no code.
namespace System;

public class Object
{
    private IntPtr _methodTable;
}

public struct Void { }
public struct Boolean { }
public struct Char { }
public struct SByte { }
public struct Byte { }
public struct Int16 { }
public struct UInt16 { }
public struct Int32 { }
public struct UInt32 { }
public struct Int64 { }
public struct UInt64 { }
public struct IntPtr { }
public struct UIntPtr { }
public struct Single { }
public struct Double { }
public abstract class ValueType { }
public abstract class Enum : ValueType { }
public struct Nullable<T> where T : struct { }

public sealed class String
{
    public readonly int Length;
}

public abstract class Array
{
    public readonly int Length;
}

internal class Array<T> : Array { }
public abstract class Delegate { }
public abstract class MulticastDelegate : Delegate { }
public struct RuntimeTypeHandle { }
public struct RuntimeMethodHandle { }
public struct RuntimeFieldHandle { }
public abstract class Type { }
public class Exception { }

public class AppContext
{
    public static void SetData(string name, object data) { }
}
