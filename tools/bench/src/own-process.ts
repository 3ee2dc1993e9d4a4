import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Comparison } from './compare.js';

/** Measures a benchmark in a new process, so that earlier benchmarks do not influence its compiled code. */
export const inOwnProcess = (name: string, rounds: number): Promise<Comparison> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [name, String(rounds)]);
    child.on('message', (comparison) => resolve(comparison as Comparison));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`benchmark ${name} ended without a result (exit code ${code})`)));
  });
