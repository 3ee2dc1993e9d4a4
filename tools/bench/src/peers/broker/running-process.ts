import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Starts a process, waits for its line `RUNNING`, uses it, and ends it. */
export const withRunning = async <R>(
  command: string,
  args: readonly string[],
  use: (child: ChildProcess) => Promise<R>,
): Promise<R> => {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) if (line === 'RUNNING') break;
    return await use(child);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
};
