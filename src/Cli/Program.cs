using Corral.Cli;

return await CommandLine.RunAsync(args);
