import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import {
  type AppEvent,
  embedded,
  json,
  MetricRegistry,
  memory,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';
import type { Extension, StartedApplication } from 'kstreams/authors';

const clicks = topic('clicks', { key: string, value: json<number>() });
const counting = () => {
  const app = streams('counting');
  const counts = app.stream(clicks).groupByKey().count({ name: 'counts' });
  return { app, counts };
};

const starting = async (extensions: readonly Extension[], transport: Transport = embedded()) => {
  const { app, counts } = counting();
  const running = await start(app, { transport, state: memory(), commitInterval: 0, logger: quiet, extensions });
  return { counts, running, transport };
};

/** An extension that fails or notes its close. */
const extension = (name: string, notes: string[], failing: Partial<Record<'started' | 'closing', string>> = {}) => {
  const call = (step: 'started' | 'closing') => async (): Promise<void> => {
    notes.push(`${name} ${step}`);
    const message = failing[step];
    if (message !== undefined) throw new Error(message);
  };
  return { name, started: call('started'), closing: call('closing') } satisfies Extension;
};

test('an extension reads views, stores, metadata and health of its application', async () => {
  let seen: StartedApplication | undefined;
  const { counts, running, transport } = await starting([{ name: 'reader', started: (app) => void (seen = app) }]);
  await running.running();
  const producer = await transport.producer({ clientId: 'test' });
  producer.send({ topic: 'clicks', partition: 0, key: string.encode('a', at), value: one, timestamp: 1, headers: [] });
  await producer.flush();
  await awaitCommitted(transport, running, { topic: 'clicks', partition: 0 }, 1);
  const app = seen as StartedApplication;
  expect(app.name).toBe('counting');
  expect(app.stores()).toEqual([{ name: 'counts', partitions: 1, local: [0] }]);
  expect(app.view(counts).get('a')).toBe(1);
  expect(app.metadata.forKey('counts', 'a')?.local).toBe(true);
  expect(app.health().ready).toBe(true);
  expect(String(app.describe())).toContain('counts');
  await producer.close();
  await running.close();
  expect(app.stores()).toEqual([{ name: 'counts', partitions: 1, local: [] }]);
});

const at = { topic: 'clicks', headers: [] };
const one = json<number>().encode(1, at);

test('a failed start closes the application and the extensions before it', async () => {
  const notes: string[] = [];
  const extensions = [
    extension('first', notes),
    extension('second', notes, { started: 'port 80 is taken' }),
    extension('third', notes),
  ];
  const transport = embedded();
  const closed: string[] = [];
  const observed = {
    ...extensions[0],
    started: (app: StartedApplication) => void app.state$.subscribe((state) => closed.push(state)),
  };
  await expect(starting([observed as Extension, ...extensions.slice(1)], transport)).rejects.toThrow(
    'extension "second" failed to start: port 80 is taken',
  );
  expect(notes).toEqual(['second started', 'first closing']);
  expect(closed.at(-1)).toBe('failed');
});

test('a failed close is an event, rejects closed, and keeps no other extension open', async () => {
  const notes: string[] = [];
  const events: AppEvent[] = [];
  const extensions = [extension('first', notes), extension('second', notes, { closing: 'no answer' })];
  const { running } = await starting(extensions);
  running.events$.subscribe((event) => events.push(event));
  await expect(running.close()).rejects.toThrow('extension "second" failed to close: no answer');
  expect(notes).toEqual(['first started', 'second started', 'second closing', 'first closing']);
  expect(events.flatMap((event) => (event.kind === 'extension-failed' ? [event.extension] : []))).toEqual(['second']);
});

test('extensions close after the last commit and before the transport', async () => {
  const transport = embedded();
  const ends: (number | string)[] = [];
  let app: StartedApplication | undefined;
  const { running } = await starting(
    [
      {
        name: 'reader',
        started: (started) => void (app = started),
        closing: async () => {
          const admin = await transport.admin();
          ends.push(app?.state as string, (await admin.topics()).has('clicks') ? 'open' : 'closed');
          await admin.close();
        },
      },
    ],
    transport,
  );
  await running.close();
  expect(ends).toEqual(['closing', 'open']);
});

test('an extension receives metrics, and watches records on edges until it stops', async () => {
  const metrics = new MetricRegistry();
  let app: StartedApplication | undefined;
  const { running, transport } = await starting([
    { name: 'watcher', telemetry: metrics, started: (started) => void (app = started) },
  ]);
  await running.running();
  const producer = await transport.producer({ clientId: 'test' });
  const send = async (): Promise<void> => {
    producer.send({
      topic: 'clicks',
      partition: 0,
      key: string.encode('a', at),
      value: one,
      timestamp: 1,
      headers: [],
    });
    await producer.flush();
    const end = producer.acknowledged({ topic: 'clicks', partition: 0 }) as number;
    await awaitCommitted(transport, running, { topic: 'clicks', partition: 0 }, end);
  };
  const seen: unknown[] = [];
  const watch = () => app?.watchEdges(({ from, task, to }, { key }) => seen.push([task.id, from, to, key]));
  await send();
  const [first, second] = [watch(), watch()];
  await send();
  first?.();
  await send();
  second?.();
  await send();
  const source = running.describe().toJSON().subtopologies[0]?.nodes[0]?.id;
  const once = ['0_0', source, 'counts', 'a'];
  expect(seen).toEqual([once, once, once]);
  const processed = metrics.collect().find(({ instrument }) => instrument.name === 'kstreams.records.processed');
  expect([processed?.value, processed?.attributes['kstreams.application']]).toEqual([4, 'counting']);
  expect([app?.options.commitInterval, app?.deadLetters]).toEqual([0, []]);
  await producer.close();
  await running.close();
  expect(metrics.collect()).toEqual([]);
});
