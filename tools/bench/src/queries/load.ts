/**
 * The clients of `npm run bench -- queries`, in a process beside the server: reads of keys at a rate, reads of an empty handler, and
 * subscribers. Sends the times of the reads to its parent.
 */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { percentile } from './percentile.js';

/** The load to make: an address, the keys, and the clients. */
export interface Load {
  readonly url: string;
  readonly store: string;
  readonly keys: number;
  readonly subscribers: number;
  /** Reads of keys per second. */
  readonly rate: number;
}

/** The times of reads, in ms, and what the subscribers received. */
export interface LoadResult {
  readonly get: readonly [median: number, p99: number];
  readonly empty: readonly [median: number, p99: number];
  readonly failures: number;
  readonly megabytes: number;
}

const load = JSON.parse(process.argv[2] as string) as Load;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
/** The number of reads of keys for each read of the empty handler. */
const readsPerEmpty = 5;
let [bytes, failures] = [0, 0];

const subscribe = async (): Promise<void> => {
  const request = get(`${load.url}/stores/${load.store}/changes`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('data', (piece: Buffer) => {
    bytes += piece.length;
  });
  response.on('error', () => failures++);
  await once(response, 'data');
};

const timed = async (path: string, times: number[]): Promise<void> => {
  const begun = performance.now();
  try {
    const [response] = (await once(get(`${load.url}${path}`, { agent }), 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    if (response.statusCode !== 200) failures++;
  } catch {
    // The server has ended; a failure while it runs is counted.
    failures++;
  }
  times.push(performance.now() - begun);
};

const [gets, empties]: [number[], number[]] = [[], []];
let [next, first] = [0, performance.now()];

/** Sends the reads that are due. A slow server does not slow them down. */
const tick = (): void => {
  const due = ((performance.now() - first) / 1_000) * load.rate;
  for (; next < due; next++) {
    void timed(`/stores/${load.store}/get?key=${(next * 7_919) % load.keys}`, gets);
    if (next % readsPerEmpty === 0) void timed('/empty', empties);
  }
};

await Promise.all(Array.from({ length: load.subscribers }, subscribe));
process.send?.('ready');
first = performance.now();
const timer = setInterval(tick, 2);
process.on('message', () => {
  clearInterval(timer);
  const summary = (times: readonly number[]) => [percentile(times, 0.5), percentile(times, 0.99)] as const;
  const result: LoadResult = { get: summary(gets), empty: summary(empties), failures, megabytes: bytes / 1e6 };
  process.send?.(result, () => process.exit());
});
