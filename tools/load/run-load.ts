/** Processing on a broker beside clients of queries, while a process is killed and restarted. */
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@kstreams/test-support/free-port';
import { Members } from '@kstreams/test-support/members';
import { percentile } from '../bench/src/queries/percentile.js';
import { Scans, Subscribers } from './copies.js';
import { Input, keys, partitions, store } from './input.js';
import { Reads, type ReadTimes } from './reads.js';

/** The size of a run. */
export interface LoadOptions {
  readonly brokers: string;
  /** The number of records of each of the measured phases.  */
  readonly records: number;
  /** The number of phases without clients, and of those with clients. */
  readonly rounds: number;
  /** Reads of keys per second. */
  readonly rate: number;
  readonly subscribers: number;
}

/** The figures of a run, and what was wrong. */
export interface LoadReport {
  /** Records per second without and with clients, one pair per round. */
  readonly throughput: readonly (readonly [without: number, withClients: number])[];
  /** The times of the reads in the phases with clients, in ms. */
  readonly times: ReadTimes;
  readonly reads: Reads['counts'];
  readonly scans: number;
  /** The number of subscribers that ended with the right rows. */
  readonly complete: number;
  readonly problems: readonly string[];
}

/** The processes of the application. */
const processes = 3;
/** The longest time for the last records, in ms. */
const patience = 120_000;
/** The records of a part of the input that is written while a process is killed, and the time between two parts, in ms. */
const [part, partInterval] = [5_000, 200];

/** Runs the load. */
export const runLoad = async (options: LoadOptions, say: (line: string) => void): Promise<LoadReport> => {
  const { brokers, records, rounds } = options;
  if (records < keys) throw new Error(`a phase needs a record per key: give at least ${keys} records, not ${records}`);
  const ports = await Promise.all(Array.from({ length: processes }, freePort));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const cluster = new Members(brokers, 'load', new URL('member.ts', import.meta.url));
  const reads = new Reads(urls, options.rate);
  const scans = new Scans(urls);
  let subscribers: Subscribers | undefined;
  let input: Input | undefined;
  const subscribe = async (): Promise<Subscribers> => {
    subscribers = new Subscribers(urls, options.subscribers);
    await subscribers.ready();
    return subscribers;
  };
  try {
    const numbers = await Input.open(cluster.log, cluster.name);
    input = numbers;
    // The processes stand still outside of the measured phases, each of which has its own records: none is processed before.
    const measured = async (): Promise<number> => {
      await numbers.write(records);
      const rate = await processing(urls, records);
      await Promise.all(urls.map(pauseOf));
      return rate;
    };
    const folders = await Promise.all(ports.map(() => cluster.newFolder()));
    const begin = (index: number) => cluster.begin({ folder: folders[index] as string, port: ports[index] as number });
    const members = await Promise.all(ports.map((_, index) => begin(index)));
    await Promise.all(members.map((member) => member.placed(processes, partitions)));
    await measured();
    while ((await committedRows(urls)) < keys) await pause(100);
    say(`${processes} processes run`);

    const throughput: (readonly [number, number])[] = [];
    const times: { get: number[]; empty: number[] } = { get: [], empty: [] };
    for (let round = 0; round < rounds; round++) {
      const without = await measured();
      const opened = await subscribe();
      reads.start();
      const withClients = await measured();
      const { empty, get } = await reads.stop();
      times.get.push(...get);
      times.empty.push(...empty);
      opened.close();
      throughput.push([without, withClients]);
      say(`round ${round + 1}: ${perSecond(without)} without clients, ${perSecond(withClients)} with them`);
    }

    const opened = await subscribe();
    reads.start();
    const scanning = scans.run();
    // Prevents an unhandled rejection: `scanning` is awaited below.
    scanning.catch(() => {});
    await Promise.all(urls.map(resume));
    let moving = true;
    const writing = (async () => {
      for (; moving; await pause(partInterval)) await numbers.write(part);
    })();
    // Prevents an unhandled rejection: `writing` is awaited below.
    writing.catch(() => {});
    await pause(1_000);
    const [first, victim] = members as [(typeof members)[0], (typeof members)[0]];
    say('a process is killed');
    await victim.kill();
    await first.placed(processes - 1, partitions);
    say('its tasks have moved; it is started again');
    const restarted = await begin(1);
    await resume(await restarted.placed(processes, partitions));
    say('it has tasks again');
    moving = false;
    await writing;
    const complete = await opened.complete(numbers.written, patience);
    scans.stop();
    await scanning;
    await reads.stop();
    const problems = [...reads.problems, ...opened.problems, ...scans.problems];
    problems.push(...opened.incomplete(numbers.written));
    return { throughput, times, reads: reads.counts, scans: scans.ended, complete, problems };
  } finally {
    scans.stop();
    reads.close();
    subscribers?.close();
    await input?.close();
    await cluster.close();
  }
};

/** Resolves to the number of committed rows of all processes, 0 while they are not available. */
const committedRows = async ([url]: readonly string[]): Promise<number> => {
  const response = await fetch(`${url}/stores/${store}/count?isolation=committed`);
  const { count = 0 } = (await response.json()) as { readonly count?: number };
  return count;
};

const resume = async (url: string): Promise<void> => void (await fetch(`${url}/resume`));

const pauseOf = async (url: string): Promise<void> => void (await fetch(`${url}/pause`));

/**
 * Resumes the processes, and resolves to their records per second once they have processed some records.
 *
 * @throws Error when they process none for a minute.
 */
const processing = async (urls: readonly string[], records: number): Promise<number> => {
  const processed = async (): Promise<number> => {
    const counts = await Promise.all(urls.map(async (url) => Number(await (await fetch(`${url}/processed`)).text())));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const before = await processed();
  const begun = performance.now();
  await Promise.all(urls.map(resume));
  for (let [latest, at] = [0, begun]; ; await pause(50)) {
    const done = (await processed()) - before;
    const now = performance.now();
    if (done >= records) return (1_000 * done) / (now - begun);
    if (done > latest) [latest, at] = [done, now];
    else if (now - at > 60_000) throw new Error(`the processes stand still after ${done} of ${records} records`);
  }
};

/** Returns the lines of the figures. */
export const figuresOf = ({ complete, reads, scans, throughput, times }: LoadReport): readonly string[] => {
  const costs = throughput.map(([without, withClients]) => 1 - withClients / without);
  const ms = (some: readonly number[]) =>
    [0.5, 0.99].map((share) => `${percentile(some, share).toFixed(1)} ms`).join(' / ');
  const above = (share: number) => `${(percentile(times.get, share) - percentile(times.empty, share)).toFixed(1)} ms`;
  return [
    `throughput: ${(100 * percentile(costs, 0.5)).toFixed(1)} % less with clients on the same machine (median of ${costs.length} rounds)`,
    `get ${ms(times.get)}, empty handler ${ms(times.empty)} (p50 / p99): ${above(0.5)} / ${above(0.99)} above it`,
    `${reads.right} reads right, ${reads.unavailable} to be tried again (503 with retry-after), ${reads.slow} too slow (504), ` +
      `${reads.unreachable} to the process that was killed`,
    `${scans} scans and ${complete} subscribers ended with the right rows`,
  ];
};

const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')} records/s`;
