/** Processes that share one application on a Kafka cluster, and that close or crash. */
import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { closedAfterEach } from '@kstreams/test-support/closed-after-each';
import type { MemberProcess } from '@kstreams/test-support/member-process';
import { Members } from '@kstreams/test-support/members';
import { describeWith } from '@kstreams/test-support/services';
import {
  countTexts,
  createTopics,
  partitionsOf,
  readTexts,
  sendTexts,
  type TextRecord,
} from '@kstreams/test-support/text-records';
import { topicsOf } from './shop.js';

const partitions = 4;
const keys = Array.from({ length: 16 }, (_, i) => `k${i}`);
const place = (key: string) => ({ partition: Number(key.slice(1)) % partitions });

const closed = closedAfterEach();

/** The topics of an application with one customer per key, with functions to send orders and to start processes. */
const open = async (brokers: string, name: string) => {
  const cluster = closed(new Members(brokers, name, new URL('shop-member.ts', import.meta.url)));
  const { log } = cluster;
  const { counts, customers, named, orders } = topicsOf(cluster.name);
  await createTopics(log, [orders, named, counts], partitions);
  await createTopics(log, [customers], partitions, { 'cleanup.policy': 'compact' });
  const texts = (value: string): TextRecord[] => keys.map((key): TextRecord => [key, value, place(key)]);
  await sendTexts(
    log,
    customers,
    texts('Ann').map(([key, , at]): TextRecord => [key, key.toUpperCase(), { ...at, timestamp: 1 }]),
  );
  return {
    log,
    name: cluster.name,
    topics: { counts, customers, named, orders },
    /** Sends one order of each customer. */
    order: (value: string) => sendTexts(log, orders, texts(value)),
    /** Returns the written counts by customer, once there are `count` of them. */
    counted: async (count: number): Promise<Map<string, number[]>> => {
      const byKey = new Map<string, number[]>(keys.map((key) => [key, []]));
      for (const [key, bytes] of await readTexts(log, counts, partitions, count)) byKey.get(key)?.push(numberOf(bytes));
      return byKey;
    },
    newFolder: () => cluster.newFolder(),
    process: (folder?: string, instanceId?: string): Promise<MemberProcess> =>
      cluster.begin({ ...(folder && { folder }), ...(instanceId && { instanceId }) }),
  };
};

/** Returns an int32 that was read as text. */
const numberOf = (text: string): number => text.charCodeAt(3);

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

const running = (one: MemberProcess): Promise<void> =>
  one.until('it runs', () => one.events.some((event) => event.kind === 'state' && event.state === 'running'));

const restored = ({ events }: MemberProcess): number =>
  events.reduce((sum, event) => sum + (event.kind === 'restore-ended' ? event.restored : 0), 0);

/** Counts the assignments and revocations of a process. */
const movesOf = ({ events }: MemberProcess): number =>
  events.filter(({ kind }) => kind === 'assigned' || kind === 'revoked' || kind === 'lost').length;

describeWith('kafka', 'processes on a Kafka cluster', (brokers) => {
  test('two processes share the partitions of a join, and one takes over when the other leaves', async () => {
    const { counted, log, order, process, topics } = await open(brokers, 'share');
    const first = await process();
    await first.until('it has all partitions', () => first.held.size === 2 * partitions);
    await order('tea');
    await counted(16);

    const second = await process();
    await first.until('it has half of them', () => first.held.size === partitions);
    await second.until('it has the other half', () => second.held.size === partitions);
    for (const { held } of [first, second]) {
      const of = (topic: string) => [...held].flatMap((id) => (id.startsWith(`${topic}/`) ? id.slice(-1) : [])).sort();
      expect(of(topics.orders)).toHaveLength(partitions / 2);
      expect(of(topics.orders)).toEqual(of(topics.customers));
    }
    expect([...first.held].filter((id) => second.held.has(id))).toEqual([]);
    await order('jam');
    await counted(32);

    expect(await first.stop()).toBe(0);
    await second.until('it has all', () => second.held.size === 2 * partitions);
    await order('oil');
    const all = await counted(48);
    expect([...all.values()]).toEqual(keys.map(() => [1, 2, 3]));
    expect(restored(second)).toBeGreaterThanOrEqual(2 * keys.length);
    expect(await second.stop()).toBe(0);
    expect(await countTexts(log, topics.named, partitions)).toBe(48);
  });

  test.each(['stop', 'kill'] as const)(
    'a process with an instance id gets its tasks and state back after a %s, without a rebalance for others',
    async (end) => {
      const { counted, log, name, newFolder, order, process, topics } = await open(brokers, `named-${end}`);
      const stays = await process(undefined, 'stays');
      const folder = await newFolder();
      let goes = await process(folder, 'goes');
      for (const one of [stays, goes]) await one.until('it has half', () => one.held.size === partitions);
      for (const one of [stays, goes]) await running(one);
      const [held, moves] = [[...goes.held].sort(), movesOf(stays)];
      for (let round = 1; round <= 3; round++) {
        await order(`tea ${round}`);
        await counted(16 * round);
        await goes[end]();
        goes = await process(folder, 'goes');
        await running(goes);
        expect([...goes.held].sort()).toEqual(held);
        if (end === 'stop') expect(restored(goes)).toBe(0);
      }
      expect(movesOf(stays)).toBe(moves);
      await order('jam');
      for (const one of partitionsOf(topics.orders, partitions)) {
        await awaitCommitted(log, { name, state: 'running' }, one, (16 / partitions) * 4);
      }
      const all = [...(await counted(await countTexts(log, topics.counts, partitions))).values()];
      if (end === 'stop') expect(all).toEqual(keys.map(() => numbersTo(4)));
      for (const counts of all) expect(counts.at(-1)).toBeGreaterThanOrEqual(4);
      for (const one of [stays, goes]) expect(await one.stop()).toBe(0);
    },
  );

  test('a clean restart repeats nothing and restores nothing', async () => {
    const { counted, log, newFolder, order, process, topics } = await open(brokers, 'clean');
    const folder = await newFolder();
    for (let round = 1; round <= 3; round++) {
      await order(`tea ${round}`);
      const one = await process(folder);
      const all = await counted(16 * round);
      expect([...all.values()]).toEqual(keys.map(() => numbersTo(round)));
      expect(await one.stop()).toBe(0);
      expect(restored(one)).toBe(0);
    }
    expect(await countTexts(log, topics.named, partitions)).toBe(48);
  });

  test('kill -9 and restart loses nothing', async () => {
    const { counted, log, name, newFolder, order, process, topics } = await open(brokers, 'kill');
    const folder = await newFolder();
    const rounds = 4;
    for (let round = 1; round <= rounds; round++) {
      const one = await process(folder, 'one');
      await running(one);
      const written = await countTexts(log, topics.named, partitions);
      await order(`tea ${round}`);
      if (round % 2 === 0) await one.until('it commits', () => one.events.some(({ kind }) => kind === 'committed'));
      else await readTexts(log, topics.named, partitions, written + 1);
      await one.kill();
    }
    const last = await process(folder, 'one');
    await running(last);
    for (const one of partitionsOf(topics.orders, partitions)) {
      await awaitCommitted(log, { name, state: 'running' }, one, (16 / partitions) * rounds);
    }
    expect(await last.stop()).toBe(0);
    const written = await countTexts(log, topics.named, partitions);
    const orders = new Set((await readTexts(log, topics.named, partitions, written)).map((pair) => pair.join()));
    expect(orders.size).toBe(16 * rounds);
    // A kill between the two outputs of an order may repeat one of them more often than the other.
    for (const all of (await counted(await countTexts(log, topics.counts, partitions))).values()) {
      expect(all.at(-1)).toBeGreaterThanOrEqual(rounds);
      expect(all.at(-1)).toBeLessThanOrEqual(all.length);
    }
  });
});
