/** Runs the demo until all input is processed, and ranks the US states by delay. */
import { embedded, start, type Transport } from 'kstreams';
import { appendFlights, fillTopics } from './input.js';
import { days, demo, type Flight, flights } from './topology.js';

/** A US state in the ranking, over all its days. */
export interface Ranked {
  readonly state: string;
  readonly flights: number;
  readonly mean: number;
  readonly worst: number;
}

/** The result of a run. */
export interface DemoResult {
  readonly ranking: readonly Ranked[];
  /** Number of flights processed by this run. */
  readonly processed: number;
  /** Number of rows restored from changelogs by this run. */
  readonly restored: number;
  /** True when an earlier run had committed offsets. */
  readonly resumed: boolean;
}

/** Options of a run. */
export interface DemoOptions {
  /** The log; an embedded one in the folder by default. */
  readonly transport?: Transport;
  /** Flights to append to the input before the run. */
  readonly added?: readonly Flight[];
  readonly progress?: (done: number, of: number) => void;
}

/** Runs the demo with its state in a folder. */
export const runDemo = async (folder: string, options: DemoOptions = {}): Promise<DemoResult> => {
  const { transport = embedded({ folder: `${folder}/log` }), added = [], progress = () => {} } = options;
  await fillTopics(transport);
  await appendFlights(transport, added);
  const consumer = await transport.consumer({ clientId: 'demo', group: demo.name });
  const partition = { topic: flights.name, partition: 0 };
  const [before] = await consumer.committed([partition]);
  const [end = 0] = await consumer.offsets([partition], 'latest');

  const app = await start(demo, { folder, transport });
  const begun = before?.offset ?? 0;
  const done = async (): Promise<number> => (await consumer.committed([partition]))[0]?.offset ?? 0;
  const processed = end - begun;
  await app.running();
  while (app.state === 'running' && app.counts.processed < 2 * processed) {
    progress(Math.min(processed, Math.floor(app.counts.processed / 2)), processed);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const ranking = await rank(app);
  await app.close();
  const finished = await done();
  await consumer.close();
  await transport.close();
  if (finished !== end) throw new Error(`the demo stopped at flight ${finished} of ${end}`);
  return { ranking, processed, restored: app.counts.restored, resumed: before !== undefined };
};

const rank = async (app: Awaited<ReturnType<typeof start>>): Promise<Ranked[]> => {
  const states = new Map<string, { flights: number; total: number; worst: number }>();
  for await (const [{ key }, { value }] of app.view(days).all()) {
    const aggregate = states.get(key) ?? { flights: 0, total: 0, worst: value.worst };
    states.set(key, {
      flights: aggregate.flights + value.flights,
      total: aggregate.total + value.total,
      worst: Math.max(aggregate.worst, value.worst),
    });
  }
  return [...states]
    .map(([state, { flights: count, total, worst }]) => ({ state, flights: count, mean: total / count, worst }))
    .sort((a, b) => b.mean - a.mean || (a.state < b.state ? -1 : 1));
};
