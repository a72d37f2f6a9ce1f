using System.Text;

namespace EventDriven.Worker;

/// <summary>What the process says, to its output and to the file of <c>--lines</c>: there it stands before anything else happens, and outlives a kill. Thread-safe.</summary>
internal sealed class Printed(WorkerOptions options) : IDisposable
{
    private readonly FileStream _file = new(options.Get("--lines"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _gate = new();

    public void WriteLine(string line)
    {
        lock (_gate)
        {
            _file.Write(Encoding.UTF8.GetBytes($"{line}\n"));
            Console.WriteLine(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
