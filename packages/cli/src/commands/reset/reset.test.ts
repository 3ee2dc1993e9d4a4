/** A reset application gives the same results again, from the start, on any log; an interrupted reset can be run again. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { countTexts, createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { type App, embedded, type Streams, start } from 'kstreams';
import type { Admin, Consumer, Transport } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';
import { main } from '../../main.js';

const root = mkdtempSync(join(fileURLToPath(new URL('../../../../../node_modules', import.meta.url)), '.reset-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Counts words in two sub-topologies, with a topic in between. */
const program = (name: string): string => `
import { json, streams, string, topic } from 'kstreams';
export const app = streams('${name}');
app
  .stream(topic('${name}.words', { key: string, value: string }))
  .groupBy((word) => word, { key: string })
  .count({ name: 'counts' })
  .toStream()
  .to(topic('${name}.totals', { key: string, value: json() }));
`;

let applications = 0;

/** Prepares an application in a module, with its topics and folder. */
const prepare = async (log: Transport) => {
  const name = `reset-${Date.now().toString(36)}-${applications++}`;
  const [file, folder] = [join(root, `${name}.js`), join(root, name)];
  writeFileSync(file, program(name));
  const { app } = (await import(pathToFileURL(file).href)) as { readonly app: Streams };
  const [words, totals] = [`${name}.words`, `${name}.totals`];
  await createTopics(log, [words, totals]);
  await sendTexts(
    log,
    words,
    ['a', 'b', 'a'].map((word) => ['', word] as const),
  );
  const startApp = (): Promise<App> => start(app, { transport: log, folder, commitInterval: 10, logger: quiet });
  return {
    name,
    folder,
    totals,
    startApp,
    /** Runs the application until it has read all words; returns its newest results. */
    results: async (): Promise<readonly (readonly [string, string])[]> => {
      const before = await countTexts(log, totals, 1);
      const running = await startApp();
      await awaitCommitted(log, running, { topic: `${name}-counts-repartition`, partition: 0 }, 3);
      await running.close();
      const count = await countTexts(log, totals, 1);
      return (await readTexts(log, totals, 1, count)).slice(before);
    },
    /** Runs a reset on the log, or on a wrapped one. */
    reset: async (given: readonly string[], used: Transport = log) => {
      const lines: string[] = [];
      const code = await main(['reset', file, '--folder', folder, ...given], {
        print: (line) => lines.push(line),
        report: (line) => lines.push(line),
        connect: async () => borrowed(used),
      });
      return { code, lines };
    },
  };
};

/** Returns a log that stays open when it is closed. */
const borrowed = (log: Transport): Transport => Object.assign(Object.create(log), { close: async () => {} });

/** Returns a log whose changes fail after the first ones. */
const failingAfter = (log: Transport, changes: number): Transport => {
  let left = changes;
  const counted =
    <A extends unknown[]>(change: (...args: A) => Promise<void>) =>
    async (...args: A): Promise<void> => {
      if (left-- <= 0) throw Object.assign(new Error('the process died'), { died: true });
      await change(...args);
    };
  const wrap = <T extends Admin | Consumer>(client: T, ...names: readonly (keyof T & string)[]): T =>
    Object.assign(
      Object.create(client),
      Object.fromEntries(
        names.map((name) => [name, counted((client[name] as never as () => Promise<void>).bind(client))]),
      ),
    );
  return Object.assign(Object.create(log), {
    admin: async () => bound(wrap(await log.admin(), 'delete', 'deleteGroup'), ['delete', 'deleteGroup']),
    consumer: async (options: never) => bound(wrap(await log.consumer(options), 'commit'), ['commit']),
  });
};

/** Binds the inherited methods of a wrapped client to the client, which has private members. */
const bound = <T extends object>(wrapped: T, own: readonly string[]): T =>
  new Proxy(wrapped, {
    get: (target, name) => {
      const inner = Object.getPrototypeOf(target) as Record<string | symbol, unknown>;
      if (typeof name === 'string' && own.includes(name)) return (target as Record<string, unknown>)[name];
      const found = inner[name];
      return typeof found === 'function' ? found.bind(inner) : found;
    },
  });

const laws = (open: () => Transport): void => {
  test('gives the same results again, from the start', async () => {
    const log = open();
    const { folder, name, reset, results } = await prepare(log);
    const first = await results();
    expect(first.at(-1)).toEqual(['a', '2']);
    const planned = await reset([]);
    expect(planned.code).toBe(0);
    expect(planned.lines.slice(1)).toEqual([
      `- ${name}-counts-changelog: deleted, 2 records`,
      `- ${join(folder, 'state', '0')}: removed`,
      expect.stringMatching(`^- ${name}-counts-repartition: deleted, \\d records?$`),
      `- ${name}-placement: deleted, 0 records`,
      `- group ${name}: deleted, with its committed offsets`,
      `  ${name}.words 0: read from offset 0, instead of 3`,
      'nothing is changed without --yes',
    ]);
    expect(existsSync(join(folder, 'state', '0', 'rows'))).toBe(true);
    expect((await reset(['--yes'])).code).toBe(0);
    expect(existsSync(join(folder, 'state', '0'))).toBe(false);
    expect(await results()).toEqual(first);
    await log.close();
  });

  test('reads from a time on', async () => {
    const log = open();
    const { name, reset, results } = await prepare(log);
    await results();
    await sendTexts(log, `${name}.words`, [['', 'late', { timestamp: 60_000 }]]);
    await reset(['--yes', '--to', '1970-01-01T00:01Z']);
    const running = await reset(['--json']);
    expect(JSON.parse(running.lines.join(''))).toMatchObject({ offsets: [{ committed: 3, to: 0 }], done: false });
    await log.close();
  });

  test('keeps the topics of an application with a longer name, and names them', async () => {
    const log = open();
    const { name, reset } = await prepare(log);
    const other = `${name}-2-counts-changelog`;
    await createTopics(log, [other]);
    const { code, lines } = await reset(['--yes']);
    expect(code).toBe(0);
    expect(lines).toContainEqual(`  ${other}: 0 records, stays; --unused deletes it`);
    const admin = await log.admin();
    expect((await admin.topics()).has(other)).toBe(true);
    await admin.close();
    await log.close();
  });

  test('is refused while a process of the application lives', async () => {
    const log = open();
    const { name, reset, startApp, totals } = await prepare(log);
    const running = await startApp();
    await awaitCommitted(log, running, { topic: `${name}-counts-repartition`, partition: 0 }, 3);
    const { code, lines } = await reset(['--yes']);
    expect(code).toBe(1);
    expect(lines.at(-2)).toMatch(/^! reset-\S+ is run by .*: stop its processes first/);
    expect(lines.at(-1)).toBe('nothing was changed');
    expect(running.state).toBe('running');
    await running.close();
    expect(await countTexts(log, totals, 1)).toBeGreaterThan(0);
    await log.close();
  });

  test('can be run again after it died between two of its changes', async () => {
    const log = open();
    const { reset, results } = await prepare(log);
    const first = await results();
    for (let changes = 0; ; changes++) {
      const died = await reset(['--yes'], failingAfter(log, changes)).then(
        () => false,
        (thrown: { readonly died?: boolean }) => thrown.died === true,
      );
      if (!died) {
        expect(changes).toBe(5);
        break;
      }
      expect((await reset(['--yes'])).code).toBe(0);
      expect(await results()).toEqual(first);
    }
    await log.close();
  });
};

describeWith('kafka', 'a reset on a Kafka cluster', (brokers) => laws(() => kafka({ brokers })));
laws(() => embedded());
