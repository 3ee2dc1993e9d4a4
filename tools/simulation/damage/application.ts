/** The application of the damage fuzz: it collects ids by group, behind a repartition topic. */
import { setTimeout as sleep } from 'node:timers/promises';
import { level } from '@kstreams/level';
import {
  type App,
  embedded,
  type Guarantee,
  int32,
  json,
  type StartOptions,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';

type Log = ReturnType<typeof embedded>;

/** Ids, without keys. */
const input = topic('ids', { value: int32 });
/** The ids of each group, in the order in which they were counted. */
const output = topic('groups', { key: string, value: json<readonly number[]>() });
const partitions = 2;

/** Returns the group of an id. */
export const groupOf = (id: number): string => `g${id % 4}`;

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const build = () => {
  const app = streams('damaged');
  app
    .stream(input)
    .groupBy(groupOf, { key: string })
    .aggregate(
      (): readonly number[] => [],
      (ids, id) => [...ids, id],
      { name: 'collected', value: output.value },
    )
    .toStream()
    .to(output);
  return app;
};

/** An application that runs on a log in a folder, with its state beside it. */
export interface Running {
  readonly log: Log;
  readonly app: App;
}

/** Opens the log of a folder. */
export const openLog = (folder: string): Log => embedded({ folder: `${folder}/log`, memory: 0 });

/** The settings of a run. */
export interface RunSettings {
  readonly guarantee: Guarantee;
  /** Returns the log with a bug to be found. */
  readonly around: ((log: Transport) => Transport) | undefined;
}

/** Starts the application. */
export const run = async (folder: string, log: Log, { around, guarantee }: RunSettings): Promise<Running> => {
  const state = level({ onDamage: () => {} });
  const transport = around?.(log) ?? log;
  const options: StartOptions = { folder, state, transport, guarantee, commitInterval: 5, logger: quiet };
  const app = await start(build(), options);
  app.closed.catch(() => {}); // Thrown by `settled`, which awaits it.
  return { log, app };
};

/** Creates the topics, and writes ids to the input. */
export const write = async (log: Log, ids: readonly number[]): Promise<void> => {
  const admin = await log.admin();
  await admin.create([input, output].map(({ name }) => ({ name, partitions, config: {} })));
  const producer = await log.producer({ clientId: 'writer' });
  for (const id of ids) {
    const place = { topic: input.name, partition: id % partitions };
    const at = { topic: input.name, headers: [] };
    producer.send({ ...place, key: null, value: input.value.encode(id, at), timestamp: id, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

/** Returns the ids in the input of a log. */
export const idsIn = async (log: Log): Promise<readonly number[]> => {
  const ids: number[] = [];
  await readAll(log, input.name, ({ value }) => {
    if (value !== null) ids.push(input.value.decode(value, { topic: input.name, headers: [] }));
  });
  return ids;
};

/** Returns the last result of each group. */
const resultsIn = async (log: Log): Promise<ReadonlyMap<string, readonly number[]>> => {
  const results = new Map<string, readonly number[]>();
  const at = { topic: output.name, headers: [] };
  await readAll(log, output.name, ({ key, value }) => {
    if (key !== null && value !== null) results.set(output.key.decode(key, at), output.value.decode(value, at));
  });
  return results;
};

type Read = Awaited<ReturnType<Awaited<ReturnType<Log['consumer']>>['poll']>>[number];

const readAll = async (log: Log, topic: string, each: (record: Read) => void): Promise<void> => {
  const consumer = await log.consumer({ clientId: 'reader' });
  for (let partition = 0; partition < partitions; partition++) {
    const place = { topic, partition };
    consumer.assign([{ ...place, offset: 0 }]);
    while (!consumer.caughtUp(place)) for (const record of await consumer.poll(500, 0)) each(record);
    consumer.unassign([place]);
  }
  await consumer.close();
};

/**
 * Resolves when the results of a log fit its input, or the application has failed with an error, which is thrown. Returns
 * false after `patience` ms of neither.
 */
export const settled = async (
  { app, log }: Running,
  fit: (results: ReadonlyMap<string, readonly number[]>) => boolean,
  patience: number,
): Promise<boolean> => {
  for (const until = performance.now() + patience; performance.now() < until; await sleep(5)) {
    if (app.state === 'failed') await app.closed;
    if (fit(await resultsIn(log))) return true;
  }
  return false;
};
