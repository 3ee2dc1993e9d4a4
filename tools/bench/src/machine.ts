import { cpus } from 'node:os';

/** The machine of a run, as its results name it. */
export const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
