/** The expected output, independent of disturbances. */

import { readTopic } from '@kstreams/test-support/read-topic';
import type { Guarantee, Transport } from 'kstreams';
import type { Traffic } from './traffic.js';
import { counts, pairs } from './workload.js';

/** The output. */
export interface Output {
  /** The counts of each page, in order. */
  readonly counts: ReadonlyMap<string, readonly number[]>;
  /** The number of times that each pair was written. */
  readonly pairs: ReadonlyMap<string, number>;
}

/** Reads the committed output. */
export const readOutput = async (log: Transport): Promise<Output> => {
  const byPage = new Map<string, number[]>();
  for (const record of await readTopic(log, counts.name)) {
    const page = counts.key.decode(record.key as Uint8Array, record);
    byPage.set(page, [...(byPage.get(page) ?? []), counts.value.decode(record.value as Uint8Array, record)]);
  }
  const byOrder = new Map<string, number>();
  for (const record of await readTopic(log, pairs.name)) {
    const order = pairs.key.decode(record.key as Uint8Array, record);
    byOrder.set(order, (byOrder.get(order) ?? 0) + 1);
  }
  return { counts: byPage, pairs: byOrder };
};

/** Returns everything that is wrong with the output. */
export const problemsOf = (output: Output, traffic: Traffic, guarantee: Guarantee): readonly string[] => {
  const problems: string[] = [];
  const exactly = guarantee === 'exactly-once';
  for (const [page, wanted] of traffic.clicks) {
    const found = output.counts.get(page) ?? [];
    const last = found.at(-1) ?? 0;
    if (exactly ? last !== wanted : last < wanted) problems.push(`${page} ends at ${last}, ${wanted} were clicked`);
    const odd = exactly ? found.findIndex((count, i) => count !== i + 1) : -1;
    if (odd >= 0) problems.push(`${page} goes from ${found[odd - 1] ?? 0} to ${found[odd]}`);
  }
  for (let i = 0; i < traffic.orders; i++) {
    const times = output.pairs.get(`order-${i}`) ?? 0;
    if (times === 0) problems.push(`order-${i} met no payment`);
    if (exactly && times > 1) problems.push(`order-${i} met its payment ${times} times`);
  }
  return problems;
};

/** True when all expected output has arrived. */
export const isComplete = ({ counts: byPage, pairs: byOrder }: Output, traffic: Traffic): boolean =>
  byOrder.size >= traffic.orders &&
  [...traffic.clicks].every(([page, wanted]) => Math.max(0, ...(byPage.get(page)?.slice(-1) ?? [])) >= wanted);
