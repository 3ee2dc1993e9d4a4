/** Clients of queries whose owners are killed on a Kafka cluster. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { type LiveRows, queryClient } from '@kstreams/query/client';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import { partitionFor, toUtf8 } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';
import { filter, firstValueFrom, startWith } from 'rxjs';
import { countedOrders } from './counted-orders.js';
import { MemberProcess } from './member-process.js';
import { topicsOf } from './shop.js';

const partitions = 4;
const keys = Array.from({ length: 5_000 }, (_, i) => `k${String(i).padStart(4, '0')}`);

const releases: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

const begin = async (brokers: string, name: string): Promise<MemberProcess> => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-killed-'));
  releases.push(() => rm(folder, { recursive: true, force: true }));
  const started = new MemberProcess({ brokers, name, folder }, 'queried-member.ts');
  releases.push(() => started.kill());
  return started;
};

/** Resolves to the address of a process once it sees all tasks, and holds some of them itself. */
const addressOf = async (member: MemberProcess): Promise<string> => {
  const instances = () =>
    member.events.flatMap((event) => (event.kind === 'instances' ? [event.instances] : [])).at(-1);
  await member.until('each process has some of the tasks', () => {
    const tasks = (instances() ?? []).map((one) => one.tasks.length);
    return tasks.length === 2 && tasks.every((count) => count > 0) && tasks.reduce((a, b) => a + b) === partitions;
  });
  return member.events.flatMap((event) => (event.kind === 'listening' ? event.endpoint : []))[0] as string;
};

/** Resolves once a copy counts some orders of each customer. */
const counted = (live: LiveRows<string, number>, orders: number): Promise<unknown> =>
  firstValueFrom(
    live.changes$.pipe(
      startWith(undefined),
      filter(() => live.size === keys.length && [...live].every(([, { value }]) => value === orders)),
    ),
  );

describeWith('kafka', 'queries of a killed owner', (brokers) => {
  test('scans and subscriptions under way end with the right content', async () => {
    const log = kafka({ brokers });
    releases.push(() => log.close());
    const name = `killed-${process.pid}-${Date.now()}`;
    const { orders } = topicsOf(name);
    await createTopics(log, [orders], partitions);
    const order = (value: string): Promise<unknown> =>
      sendTexts(
        log,
        orders,
        keys.map((key): TextRecord => [key, value, { partition: partitionFor(toUtf8(key), partitions) }]),
      );
    const members = [await begin(brokers, name), await begin(brokers, name)] as const;
    const [survivor, victim] = await Promise.all(members.map(addressOf));
    const { counts } = countedOrders(name);
    // One client begins at the process that is killed, the other one at the process that forwards to it.
    const views = [
      [victim, survivor],
      [survivor, victim],
    ].map((urls) => queryClient(urls as string[], { timeout: '60s' }).view(counts));
    const lives = views.map((view) => view.live());
    releases.push(async () => lives.forEach((live) => void live.close()));
    await Promise.all(lives.map(({ ready }) => ready));
    await order('tea');
    await Promise.all(lives.map((live) => counted(live, 1)));

    const scans = views.map((view) => view.all()[Symbol.asyncIterator]());
    const rows = scans.map((): (readonly [string, number])[] => []);
    const read = async (index: number, most: number): Promise<void> => {
      for (let count = 0; count < most; count++) {
        const { done, value } = (await scans[index]?.next()) ?? {};
        if (done === true || value === undefined) return;
        rows[index]?.push([value[0], value[1].value]);
      }
    };
    await Promise.all(rows.map((_, index) => read(index, 1_500)));
    await members[1].kill();
    await Promise.all(rows.map((_, index) => read(index, Number.POSITIVE_INFINITY)));
    for (const one of rows) expect(one).toEqual(keys.map((key) => [key, 1]));

    await order('coffee');
    await Promise.all(lives.map((live) => counted(live, 2)));
    expect(await Promise.all(views.map((view) => view.count()))).toEqual([keys.length, keys.length]);
  }, 120_000);
});
