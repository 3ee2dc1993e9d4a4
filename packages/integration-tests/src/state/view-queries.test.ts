/** Views of windowed, session, versioned, timer and user stores, on memory and Level, against a model that keeps every row. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { type Backend, double, embedded, memory, session, start, streams, string, topic, tumbling } from 'kstreams';
import { type FlushRow, partitionFor, record, rowTimestamp, rowValue, type StoreSpec, toUtf8 } from 'kstreams/authors';

const visits = topic('visits', { key: string, value: double });

interface Visit {
  readonly key: string;
  readonly at: number;
}

const keys = ['a', 'ab', 'b', 'c'];
const seen: readonly Visit[] = Array.from({ length: 120 }, (_, i) => ({
  key: keys[(i * 7) % keys.length] as string,
  at: i * 90 + ((i * 37) % 80),
}));

/** The latest value of each key, as a user's own store: rows of doubles that lie under a tag and the key. */
interface Latest {
  set(key: string, value: number, timestamp: number): void;
}
const tagged = (key: string): Uint8Array => toUtf8(`#${key}`);
const latestStore = {
  name: 'latest',
  changelog: { cleanup: 'compact' },
  key: string,
  value: double,
  kind: 'latest',
  named: true,
  reader: {
    encodeKey: (key: string) => tagged(key),
    decodeKey: (rowKey: Uint8Array) => (rowKey[0] === 35 ? new TextDecoder().decode(rowKey.subarray(1)) : undefined),
    partitionKey: (key: string) => toUtf8(key),
    decodeRow: (row: Uint8Array) => ({
      value: double.decode(rowValue(row), { topic: '', headers: [] }),
      timestamp: rowTimestamp(row),
    }),
  },
  open: () => {
    const changed = new Map<string, readonly [value: number, timestamp: number]>();
    return {
      handle: { set: (key: string, value: number, timestamp: number) => void changed.set(key, [value, timestamp]) },
      rows: {
        flush: (write: FlushRow) => {
          write(toUtf8('!'), toUtf8('a row that holds no key'), 0);
          for (const [key, [value, timestamp]] of changed)
            write(tagged(key), double.encode(value, { topic: '', headers: [] }), timestamp);
          changed.clear();
        },
        markCommitted: () => {},
      },
    };
  },
} satisfies StoreSpec<Latest>;

const read = async <T>(rows: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
};

const running = async (backend: () => Backend) => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-'));
  const transport = embedded();
  const admin = await transport.admin();
  await admin.create([{ name: visits.name, partitions: 3, config: {} }]);
  const producer = await transport.producer({ clientId: 'test' });
  for (const [i, { at, key }] of seen.entries()) {
    const bytes = { key: toUtf8(key), value: double.encode(i, { topic: visits.name, headers: [] }) };
    producer.send({ topic: visits.name, partition: partitionFor(bytes.key, 3), ...bytes, timestamp: at, headers: [] });
  }
  await producer.flush();
  const shop = streams('views');
  const grouped = shop.stream(visits).repartition({ name: 'spread', partitions: 3 }).groupByKey();
  const perSecond = grouped.window(tumbling('1s', { grace: '1d' })).count({ name: 'per-second' });
  const sessions = grouped.window(session(120, { grace: '1d' })).count({ name: 'sessions' });
  shop.stream(visits).process<string, number>({
    stores: [latestStore],
    processor: (context) => {
      const store = context.store<Latest>(latestStore);
      return ({ key, timestamp, value }) => {
        store.set(key, value, timestamp);
        context.forward(record(key, value, timestamp));
      };
    },
  });
  const app = await start(shop, { transport, state: backend(), folder, commitInterval: 10 });
  while (app.counts.processed < 2 * seen.length) await new Promise((resolve) => setImmediate(resolve));
  const close = async (): Promise<void> => {
    await app.close();
    await transport.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { app, perSecond, sessions, close };
};

/** The windows of a key that start between two instants, by the model. */
const windowsOf = (key: string, from: number, to: number) => {
  const counts = new Map<number, number>();
  for (const one of seen) {
    const start = Math.floor(one.at / 1_000) * 1_000;
    if (one.key === key && start >= from && start <= to) counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
};

describe.each([
  ['memory', memory],
  ['Level', level],
])('views on %s', (_, backend) => {
  test('fetch the windows of a key between two times, forwards and in reverse, and count', async () => {
    const { app, close, perSecond, sessions } = await running(backend);
    const view = app.view(perSecond);
    for (const key of [...keys, 'nobody']) {
      for (const [from, to] of [
        [0, 20_000],
        [2_000, 5_000],
        [2_001, 4_999],
        [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
        [5_000, 2_000],
      ] as const) {
        const expected = windowsOf(key, from, to);
        const forwards = await read(view.fetch(key, from, to));
        expect(forwards.map(([window, { value }]) => [window.start, value])).toEqual(expected);
        expect(forwards.every(([window]) => window.key === key && window.end === window.start + 1_000)).toBe(true);
        const backwards = await read(view.fetch(key, from, to, { reverse: true }));
        expect(backwards).toEqual([...forwards].reverse());
      }
    }
    const everything = await read(view.all());
    expect(await read(view.all({ reverse: true }))).toEqual([...everything].reverse());
    expect(await view.count()).toBe(everything.length);
    expect(everything.length).toBe(keys.reduce((sum, key) => sum + windowsOf(key, 0, 1e9).length, 0));

    const all = await read(app.view(sessions).all());
    for (const key of keys) {
      const expected = all.filter(([one]) => one.key === key && one.start >= 1_000 && one.start <= 6_000);
      expect(await read(app.view(sessions).fetch(key, 1_000, 6_000))).toEqual(expected);
    }
    await close();
  });

  test('read a user’s own store by its spec: its rows, and none of its other entries', async () => {
    const { app, close } = await running(backend);
    const last = new Map(seen.map(({ key }, i) => [key, i]));
    const view = app.view(latestStore);
    await until(async () => (await view.count()) === last.size);
    await until(() => [...last].every(([key, value]) => view.get(key) === value));
    const rows = await read(view.all());
    expect(new Map(rows.map(([key, { value }]) => [key, value]))).toEqual(last);
    expect(await read(view.range('ab', 'c', { reverse: true }))).toEqual(
      [...(await read(view.range('ab', 'c')))].reverse(),
    );
    await close();
  });
});

const until = async (met: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await met())) await new Promise((resolve) => setImmediate(resolve));
};
