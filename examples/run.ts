/**
 * Runs an example on a log in memory: writes its sample to its topics, waits until everything is processed, and prints
 * its output and the result of its query.
 *
 *     node --import ./tools/run/register.js examples/run.ts 01-word-count
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type App, embedded, memory, start, type Transport } from 'kstreams';
import type { AnyTopic, Consumer } from 'kstreams/authors';
import type { Example } from './example.js';

/** An example to run. Its `query`, if any, is called after everything is processed. */
export type Runnable = Example & { readonly query?: (running: App) => Promise<unknown> };

/** Runs an example and passes its output to `print`, line by line. */
export const runExample = async (
  { app, sample, output, query }: Runnable,
  print: (line: string) => void,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-example-'));
  const transport = embedded();
  await fill(transport, sample);
  const running = await start(app, { folder, transport, state: memory(), commitInterval: '20ms' });
  const consumer = await transport.consumer({ clientId: 'example', group: app.name });
  try {
    await processed(running, transport, consumer, new Set(sample.map(([{ name }]) => name)));
    for (const topic of output) for (const line of await written(consumer, topic)) print(line);
    if (query !== undefined) print(JSON.stringify(await query(running)));
  } finally {
    await running.close();
    await transport.close();
    await rm(folder, { recursive: true });
  }
};

/** Writes the sample to its topics, as producers would. */
const fill = async (transport: Transport, sample: Example['sample']): Promise<void> => {
  const names = new Set(sample.map(([{ name }]) => name));
  const admin = await transport.admin();
  await admin.create([...names].map((name) => ({ name, partitions: 1, config: {} })));
  const producer = await transport.producer({ clientId: 'example' });
  for (const [{ name, key: keys, value: values }, key, value, timestamp] of sample) {
    const at = { topic: name, headers: [] };
    const bytes = {
      key: key === null ? null : keys.encode(key, at),
      value: value === null ? null : values.encode(value, at),
    };
    producer.send({ topic: name, partition: 0, ...bytes, timestamp, headers: [] });
  }
  await producer.flush();
};

/** Resolves when the application has processed its input and its repartition topics. */
const processed = async (app: App, log: Transport, consumer: Consumer, inputs: ReadonlySet<string>): Promise<void> => {
  await app.running();
  const admin = await log.admin();
  for (let left = 1; left > 0; ) {
    if (app.state !== 'running') return app.closed;
    const names = [...(await admin.topics()).keys()].filter(
      (name) => inputs.has(name) || (name.startsWith(`${app.name}-`) && !name.endsWith('-changelog')),
    );
    const partitions = names.map((topic) => ({ topic, partition: 0 }));
    const [ends, done] = [await consumer.offsets(partitions, 'latest'), await consumer.committed(partitions)];
    left = ends.filter((end, i) => end > (done[i]?.offset ?? 0)).length;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Returns the records of a topic, one per line. */
const written = async (consumer: Consumer, { name, key: keys, value: values }: AnyTopic): Promise<string[]> => {
  const partition = { topic: name, partition: 0 };
  consumer.assign([{ ...partition, offset: 0 }]);
  const [end = 0] = await consumer.offsets([partition], 'latest');
  const lines: string[] = [];
  while ((consumer.position(partition) ?? 0) < end) {
    for (const record of await consumer.poll(100, 100)) {
      const at = { topic: name, headers: record.headers };
      const [key, value] = [record.key && keys.decode(record.key, at), record.value && values.decode(record.value, at)];
      lines.push(`${name} ${textOf(key)}: ${textOf(value)}`);
    }
  }
  consumer.unassign([partition]);
  return lines;
};

const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const [, started, name] = process.argv;
if (started !== undefined && pathToFileURL(started).href === import.meta.url) {
  await runExample(await import(`./${name}/main.ts`), console.log);
}
