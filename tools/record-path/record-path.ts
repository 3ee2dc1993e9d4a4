import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { embedded } from '@kstreams/embedded';
import { type App, memory, start, streams, string, topic } from 'kstreams';

/** A file on the path of a record. */
export interface PathFile {
  /** Relative to the repository. */
  readonly path: string;
  /** Names of the functions that ran, in source order; empty for an anonymous one. */
  readonly functions: readonly string[];
}

const input = topic('record-path-in', { key: string, value: string });
const output = topic('record-path-out', { key: string, value: string });
const repository = new URL('../../', import.meta.url).href;

/** Number of batches before the measured ones, so that everything created once exists. */
const warmUp = 20;
/** Number of records in the first measured batch; the second has twice as many. */
const size = 50;

/**
 * Returns the files with a function that runs for every record between its poll and its send, in a steady state:
 * source → filter → sink on an embedded log in memory.
 *
 * Two batches are measured with V8's precise coverage, which counts every call. A function is on the path if it ran at
 * least once more for each record by which the second batch is larger. What runs once per batch is not on the path.
 */
export const recordPath = async (): Promise<readonly PathFile[]> => {
  const coverage = new CallCounts();
  const counts: CallCount[][] = [];
  const transport = embedded();
  const source = await transport.producer({ clientId: 'record-path' });
  const at = { topic: input.name, headers: [] };
  const fill = async (records: number): Promise<void> => {
    for (let i = 0; i < records; i++) {
      const [key, value] = [input.key.encode(`key ${i}`, at), input.value.encode('some value', at)];
      source.send({ topic: input.name, partition: 0, key, value, timestamp: i, headers: [] });
    }
    await source.flush();
  };
  let app: App | undefined;
  await new Promise<void>((resolve, reject) => {
    let batch = 0;
    let unsent = 0;
    const measured: typeof transport = {
      ...transport,
      consumer: async (options) => {
        const consumer = await transport.consumer(options);
        const poll = consumer.poll.bind(consumer);
        consumer.poll = async (max, wait) => {
          const started = consumer.position({ topic: input.name, partition: 0 }) !== undefined;
          if (!started || unsent > 0 || counts.length === 2) return poll(max, wait);
          unsent = batch++ > warmUp ? size * 2 : size;
          await fill(unsent);
          const records = await poll(max, wait);
          if (records.length !== unsent) reject(new Error(`polled ${records.length} records instead of ${unsent}`));
          coverage.take();
          return records;
        };
        return consumer;
      },
      producer: async (options) => {
        const producer = await transport.producer(options);
        const send = producer.send.bind(producer);
        producer.send = (record) => {
          send(record);
          if (--unsent > 0 || batch < warmUp + 1) return;
          counts.push(coverage.take());
          if (counts.length === 2) resolve();
        };
        return producer;
      },
    };
    const chain = streams('record-path');
    chain
      .stream(input)
      .filter((value) => value.length > 0)
      .to(output);
    start(chain, { transport: measured, state: memory(), logger: silent, commitInterval: '1h' }).then((started) => {
      app = started;
      started.closed.catch(reject);
    }, reject);
  });
  await app?.close();
  await source.close();
  await transport.close();
  coverage.close();
  return onPath(counts as [CallCount[], CallCount[]]);
};

/** Number of calls of a function. */
interface CallCount {
  readonly url: string;
  readonly name: string;
  /** Offset of its first character in its file. */
  readonly start: number;
  readonly count: number;
}

/** Counts calls of functions, through an inspector session on this process. */
class CallCounts {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** Returns the functions that ran since the last call. */
  take(): CallCount[] {
    const counts: CallCount[] = [];
    // Within one thread the callback runs before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error;
      for (const { functions, url } of taken.result) {
        if (!url.startsWith(`${repository}packages/`)) continue;
        for (const { functionName: name, ranges } of functions) {
          const [{ count, startOffset: start } = { count: 0, startOffset: 0 }] = ranges;
          if (count > 0) counts.push({ url, name, start, count });
        }
      }
    });
    return counts;
  }

  close(): void {
    this.#session.disconnect();
  }
}

const onPath = ([first, second]: readonly [CallCount[], CallCount[]]): readonly PathFile[] => {
  const before = new Map(first.map(({ count, start, url }) => [`${url}:${start}`, count]));
  const files = new Map<string, string[]>();
  for (const { count, name, start, url } of second) {
    if (count - (before.get(`${url}:${start}`) ?? 0) < size) continue;
    const path = fileURLToPath(url).slice(fileURLToPath(repository).length);
    files.set(path, [...(files.get(path) ?? []), name]);
  }
  return [...files]
    .map(([path, functions]) => ({ path, functions }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
};

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
