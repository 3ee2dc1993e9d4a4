import { describe, expect, test } from '@jest/globals';
import { type Backend, noHeaders, type Topic, type Transport, toUtf8 } from '@kstreams/core/graph';
import { memory } from '@kstreams/stores';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { byteStoreChecks, slowStore } from '@kstreams/testing';
import { by, embedded, start, streams, string, topic, within } from 'kstreams';

const manifest = { durable: false, remote: true, fenced: false, damage: false };

test.each(byteStoreChecks(manifest))('slow $name', ({ run }) => run({ open: () => slowStore(memory()).open('') }));

interface Line {
  readonly to: Topic<string, string>;
  readonly key: string;
  readonly value: string;
  readonly at: number;
}

const write = async (log: Transport, lines: readonly Line[]): Promise<void> => {
  const admin = await log.admin();
  const names = [...new Set(lines.map(({ to }) => to.name))];
  await admin.create([...names, 'out'].map((name) => ({ name, partitions: 1, config: {} })));
  const producer = await log.producer({ clientId: 'test' });
  for (const { at, key, to, value } of lines) {
    const bytes = { key: toUtf8(key), value: toUtf8(value) };
    producer.send({ topic: to.name, partition: 0, ...bytes, timestamp: at, headers: noHeaders });
  }
  await producer.flush();
};

const readAll = async (log: Transport, from: string): Promise<string[]> => {
  const reader = await log.consumer({ clientId: 'test' });
  const place = { topic: from, partition: 0 };
  const [end = 0] = await reader.offsets([place], 'latest');
  reader.assign([{ ...place, offset: 0 }]);
  const found: string[] = [];
  while (found.length < end) {
    for (const { key, value } of await reader.poll(1_000, 0)) {
      found.push(`${new TextDecoder().decode(key ?? toUtf8('-'))}: ${new TextDecoder().decode(value ?? toUtf8('-'))}`);
    }
  }
  await reader.close();
  return found;
};

/** Returns the lines sorted by key; those of one key stay in order. Other keys may overtake a parked record. */
const byKey = (lines: readonly string[]): readonly string[] => {
  const keyOf = (line: string): string => line.slice(0, line.indexOf(': '));
  return lines.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : keyOf(one) > keyOf(other) ? 1 : 0));
};

/** Runs a topology over lines on a backend until everything is processed. Returns its output. */
const outputOf = async (
  build: () => ReturnType<typeof streams>,
  lines: readonly Line[],
  until: number | (() => boolean),
  state: Backend,
): Promise<string[]> => {
  const transport = embedded();
  await write(transport, lines);
  const options = { transport, state, logger: quiet, commitInterval: '20ms', liveLimit: 8 } as const;
  const app = await start(build(), options);
  const done = typeof until === 'function' ? until : () => app.counts.processed >= until;
  while (!done() && app.state !== 'failed') await new Promise((resolve) => setImmediate(resolve));
  await app.close();
  const output = await readAll(transport, 'out');
  await transport.close();
  return output;
};

const texts = topic('texts', { key: string, value: string });
const others = topic('others', { key: string, value: string });
const out = topic('out', { key: string, value: string });

const wordCount = () => {
  const app = streams('words');
  app
    .stream(texts)
    .flatMapValues((text) => text.split(' '), { value: string })
    .groupBy((word) => word, { key: string })
    .count({ name: 'counts' })
    .toStream()
    .mapValues((count) => String(count), { value: string })
    .to(out);
  return app;
};

const join = () => {
  const app = streams('join');
  app
    .stream(texts)
    .leftJoin(app.stream(others), within(150), (text, other) => `${text}+${other ?? 'nobody'}`, { name: 'met' })
    .with({ value: string })
    .to(out);
  return app;
};

describe('a backend with a small cache gives the results of one in memory', () => {
  const slow = () => slowStore(memory(), { memory: 3_000 });

  test('a word count has every word, in the order of its counts', async () => {
    const words = Array.from({ length: 600 }, (_, i) => `w${(i * i) % 61}`);
    const lines = words.map((word, i) => ({ to: texts, key: `k${i % 7}`, value: `${word} all`, at: i }));
    const backend = slow();
    const found = await outputOf(wordCount, lines, 600 * 3, backend);
    expect(backend.loadedKeys).toBeGreaterThan(20);
    expect(byKey(found)).toEqual(byKey(await outputOf(wordCount, lines, 600 * 3, memory())));
    const count = new Map<string, number>();
    for (const line of found) {
      const [word, aggregate] = line.split(': ') as [string, string];
      expect(Number(aggregate)).toBe((count.get(word) ?? 0) + 1);
      count.set(word, Number(aggregate));
    }
    expect(count.get('all')).toBe(600);
    expect([...count.values()].reduce((sum, one) => sum + one)).toBe(1_200);
  });

  test('a left join has every match and every unmatched record', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => ({
      to: i % 3 === 0 ? others : texts,
      // Half of the keys of texts have no others.
      key: `k${(i * 7) % (i % 3 === 0 ? 6 : 13)}`,
      value: `v${i}`,
      at: i * 3 - ((i * 5) % 17) + 20,
    }));
    const backend = slow();
    const found = await outputOf(join, lines, 300, backend);
    expect(backend.loadedKeys).toBeGreaterThan(100);
    expect(found.some((line) => line.endsWith('+nobody'))).toBe(true);
    expect(found.some((line) => /\+v\d+$/.test(line))).toBe(true);
    expect(found).toEqual(await outputOf(join, lines, 300, memory()));
  });

  test('a stateful async step loses no attempt to a cache miss', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => ({
      to: texts,
      key: `k${(i * i) % 53}`,
      value: String(i),
      at: i,
    }));
    const attempts: number[] = [];
    let handedOn = 0;
    const gather = () => {
      const app = streams('gather');
      app
        .stream(texts)
        .processAsync(
          async (text, _, { attempt, state }) => {
            attempts.push(attempt);
            const aggregate = `${state.get() ?? ''} ${text}`;
            await Promise.resolve();
            state.set(aggregate);
            return aggregate;
          },
          { name: 'gathered', state: string, value: string },
        )
        .peek(() => handedOn++)
        .to(out);
      return app;
    };
    const backend = slow();
    const found = await outputOf(gather, lines, () => handedOn >= 400, backend);
    expect(backend.loadedKeys).toBeGreaterThan(20);
    const last = new Map(found.map((line) => line.split(': ') as [string, string]));
    for (const [key, gathered] of last) {
      expect(gathered.trim().split(' ')).toEqual(lines.filter((line) => line.key === key).map(({ value }) => value));
    }
    expect(found).toHaveLength(400);
    expect(attempts).toEqual(lines.map(() => 1));
  });

  test('the keys of a batch are fetched together, in few round trips', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => ({ to: texts, key: `k${i}`, value: 'x', at: i }));
    const counted = () => {
      const app = streams('by-key');
      app
        .stream(texts)
        .groupByKey()
        .count({ name: 'counts' })
        .toStream()
        .mapValues((count) => String(count), { value: string })
        .to(out);
      return app;
    };
    const backend = slowStore(memory(), { memory: 1_000_000 });
    const found = await outputOf(counted, lines, 600, backend);
    expect(byKey(found)).toEqual(byKey(lines.map(({ key }) => `${key}: 1`)));
    expect(backend.loads).toBeLessThan(20);
  });

  test('a global table is filled and looked up', async () => {
    const lines = [
      ...Array.from({ length: 60 }, (_, i) => ({ to: others, key: `k${i % 40}`, value: `o${i}`, at: i })),
      ...Array.from({ length: 80 }, (_, i) => ({ to: texts, key: `t${i}`, value: `k${i % 50}`, at: 100 + i })),
    ];
    const lookUp = () => {
      const app = streams('look-up');
      app
        .stream(texts)
        .leftJoin(
          app.globalTable(others, { name: 'others' }),
          by((text) => text),
          (text, other) => `${text} ${other ?? 'nobody'}`,
          { value: string },
        )
        .to(out);
      return app;
    };
    const backend = slow();
    const found = await outputOf(lookUp, lines, 80, backend);
    expect(backend.loadedKeys).toBeGreaterThan(20);
    expect(byKey(found)).toEqual(byKey(await outputOf(lookUp, lines, 80, memory())));
    expect(found).toContain('t0: k0 o40');
    expect(found).toContain('t49: k49 nobody');
  });
});
