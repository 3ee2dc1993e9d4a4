import type { TableRecord } from '@kstreams/ui';
import type { Gathered, ProcessTail } from '../../src/protocol.js';
import { requestJson } from './connection.js';
import { type LastRead, newRecords } from './new-records.js';

/** The time between two reads, in ms. */
const interval = 1_000;

/** Returns the sampled records of an edge or a store as they come, until the signal is aborted. */
export async function* tail(
  of: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<readonly TableRecord[]> {
  const last = new Map<string, LastRead>();
  while (!signal.aborted) {
    const { processes } = await requestJson<Gathered<ProcessTail>>(`api/tail?${new URLSearchParams(of)}`, { signal });
    const found = newRecords(processes, last);
    if (found.length > 0) yield found;
    await pause(interval, signal);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
