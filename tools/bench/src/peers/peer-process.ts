import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Round } from './measured-rounds.js';

/** A process that runs one topology in rounds. */
export interface PeerProcess {
  /** Processes so many records. */
  round(records: number): Promise<Round>;
  close(): void;
}

/** Starts a process that reads numbers of records and writes rounds, line by line. */
export const peerProcess = (command: string, args: readonly string[]): PeerProcess => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject);
  });
  // Thrown by the round that waits.
  failed.catch(() => {});
  return {
    round: async (records) => {
      child.stdin.write(`${records}\n`);
      const line = await Promise.race([lines.next(), failed]);
      if (line.done === true) throw new Error(`${command} ended without a result`);
      return JSON.parse(line.value);
    },
    close: () => child.stdin.end(),
  };
};
