/** Clients of queries whose owners are killed on a Kafka cluster. */
import { expect, test } from '@jest/globals';
import { type LiveRows, queryClient } from '@kstreams/query/client';
import { closedAfterEach } from '@kstreams/test-support/closed-after-each';
import { Members } from '@kstreams/test-support/members';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import { partitionFor, toUtf8 } from 'kstreams/authors';
import { filter, firstValueFrom, startWith } from 'rxjs';
import { countedOrders } from './counted-orders.js';
import { topicsOf } from './shop.js';

const partitions = 4;
const keys = Array.from({ length: 5_000 }, (_, i) => `k${String(i).padStart(4, '0')}`);

const closed = closedAfterEach();

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
    const cluster = closed(new Members(brokers, 'killed', new URL('queried-member.ts', import.meta.url)));
    const { log, name } = cluster;
    const { orders } = topicsOf(name);
    await createTopics(log, [orders], partitions);
    const order = (value: string): Promise<unknown> =>
      sendTexts(
        log,
        orders,
        keys.map((key): TextRecord => [key, value, { partition: partitionFor(toUtf8(key), partitions) }]),
      );
    const members = [await cluster.begin(), await cluster.begin()] as const;
    const [survivor, victim] = await Promise.all(members.map((one) => one.placed(members.length, partitions)));
    const { counts } = countedOrders(name);
    // One client begins at the process that is killed, the other one at the process that forwards to it.
    const views = [
      [victim, survivor],
      [survivor, victim],
    ].map((urls) => queryClient(urls as string[], { timeout: '60s' }).view(counts));
    const lives = views.map((view) => closed(view.live()));
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
