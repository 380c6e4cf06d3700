using Corral.PowerCut;

// Inside the guest: checks that everything acknowledged before the last power cut is there, then makes and notes new acknowledgements until the power
// goes. What is noted lies outside the guest ($OUT is the outer machine's) and is written the moment the acknowledgement is in hand.
var data = args[0];
var corral = args[1];
string[] settings = [.. args[2].Split(',', StringSplitOptions.RemoveEmptyEntries)];
var journalIsDurable = !settings.Contains("Agent:Journal:Fsync=false");
var notes = Environment.GetEnvironmentVariable("OUT") ?? throw new InvalidOperationException("OUT must name the folder that is shared with the outer machine.");

var missing = 0;
using var journal = JournalProbe.Open(Path.Combine(data, "probe"), journalIsDurable, notes, ref missing);
await using var jobs = await JobProbe.StartAsync(corral, Path.Combine(data, "corral"), settings, notes);
missing += await jobs.CountMissingAsync();
File.WriteAllText(Path.Combine(notes, "checked"), $"{missing}\n");
await Task.WhenAny(jobs.SubmitForEverAsync(), journal.AppendForEverAsync()).Unwrap();
