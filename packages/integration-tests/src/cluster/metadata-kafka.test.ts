/** Processes on a Kafka cluster that forward queries to the owner of a key. */
import { expect, test } from '@jest/globals';
import { closedAfterEach } from '@kstreams/test-support/closed-after-each';
import type { MemberProcess } from '@kstreams/test-support/member-process';
import { Members } from '@kstreams/test-support/members';
import { readTopic } from '@kstreams/test-support/read-topic';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, readTexts, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import { fromUtf8, partitionFor, toUtf8 } from 'kstreams/authors';
import { topicsOf } from './shop.js';

const partitions = 4;
const keys = Array.from({ length: 16 }, (_, i) => `k${i}`);
const partitionOf = (key: string): number => partitionFor(toUtf8(key), partitions);

const closed = closedAfterEach();

/** Resolves once every process sees exactly these instances with these task counts. */
const seeEachOther = async (members: ReadonlyMap<MemberProcess, number>): Promise<void> => {
  const expected = () => [...members].map(([member, count]) => `${member.endpoint} ${count}`).sort();
  for (const member of members.keys()) {
    await member.until('it knows who runs what', () => {
      const here = member.instances.map(({ endpoint, tasks }) => `${endpoint} ${tasks.length}`);
      return String(here.sort()) === String(expected());
    });
  }
};

/** Queries a process for the counts of all customers. */
const query = (member: MemberProcess): Promise<{ readonly by: string; readonly count: number }[]> =>
  Promise.all(keys.map(async (key) => JSON.parse(await (await fetch(`${member.endpoint}/${key}`)).text())));

describeWith('kafka', 'metadata on a Kafka cluster', (brokers) => {
  test('a query reaches the owner of its key, also after one process leaves and another is killed', async () => {
    const cluster = closed(new Members(brokers, 'metadata', new URL('query-member.ts', import.meta.url)));
    const { log, name } = cluster;
    const { counts, customers, named, orders } = topicsOf(name);
    await createTopics(log, [orders, named, counts], partitions);
    await createTopics(log, [customers], partitions, { 'cleanup.policy': 'compact' });
    const texts = (value: string, timestamp: number): TextRecord[] =>
      keys.map((key): TextRecord => [key, value, { partition: partitionOf(key), timestamp }]);
    await sendTexts(log, customers, texts('Ann', 1));

    const [first, second] = [await cluster.begin(), await cluster.begin()];
    await seeEachOther(new Map([first, second].map((one) => [one, 2])));
    await sendTexts(log, orders, texts('tea', 2));
    await readTexts(log, counts, partitions, keys.length);
    const holder = (key: string): MemberProcess => (first.held.has(`${orders}/${partitionOf(key)}`) ? first : second);
    const answers = keys.map((key) => ({ by: holder(key).endpoint, count: 1 }));
    expect(new Set(answers.map(({ by }) => by)).size).toBe(2);
    expect(await query(first)).toEqual(answers);
    expect(await query(second)).toEqual(answers);

    expect(await second.stop()).toBe(0);
    await seeEachOther(new Map([[first, 4]]));
    expect(await query(first)).toEqual(keys.map(() => ({ by: first.endpoint, count: 1 })));

    const third = await cluster.begin();
    await seeEachOther(new Map([first, third].map((one) => [one, 2])));
    await first.kill();
    await seeEachOther(new Map([[third, 4]]));
    expect(await query(third)).toEqual(keys.map(() => ({ by: third.endpoint, count: 1 })));
    expect(await third.stop()).toBe(0);

    const rows = await readTopic(log, `${name}-metadata`);
    const last = new Map(rows.map(({ key, value }) => [fromUtf8(key as Uint8Array), value]));
    expect([...last.values()]).toEqual([null, null, null]);
  });
});
