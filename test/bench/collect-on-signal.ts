/** Loaded into a process before its program, with `--expose-gc`: collects its garbage when told to. */
process.on('SIGUSR2', () => globalThis.gc?.())
