/** Processes on a Kafka cluster that forward queries to the owner of a key. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { readTopic } from '@kstreams/test-support/read-topic';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, readTexts, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import type { InstanceMetadata } from 'kstreams/authors';
import { fromUtf8, partitionFor, toUtf8 } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';
import { MemberProcess } from './member-process.js';
import { topicsOf } from './shop.js';

const partitions = 4;
const keys = Array.from({ length: 16 }, (_, i) => `k${i}`);
const partitionOf = (key: string): number => partitionFor(toUtf8(key), partitions);

const releases: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

const begin = async (brokers: string, name: string): Promise<MemberProcess> => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-metadata-'));
  releases.push(() => rm(folder, { recursive: true, force: true }));
  const started = new MemberProcess({ brokers, name, folder }, 'query-member.ts');
  releases.push(() => started.kill());
  return started;
};

const endpointOf = ({ events }: MemberProcess): string =>
  events.flatMap((told) => (told.kind === 'listening' ? told.endpoint : []))[0] as string;

/** The latest instances that a process sees. */
const instancesOf = ({ events }: MemberProcess): readonly InstanceMetadata[] =>
  events.flatMap((told) => (told.kind === 'instances' ? [told.instances] : [])).at(-1) ?? [];

/** Resolves once every process sees exactly these instances with these task counts. */
const seeEachOther = async (members: ReadonlyMap<MemberProcess, number>): Promise<void> => {
  const expected = () => [...members].map(([member, count]) => `${endpointOf(member)} ${count}`).sort();
  for (const member of members.keys()) {
    await member.until('it knows who runs what', () => {
      const here = instancesOf(member).map(({ endpoint, tasks }) => `${endpoint} ${tasks.length}`);
      return String(here.sort()) === String(expected());
    });
  }
};

/** Queries a process for the counts of all customers. */
const query = (member: MemberProcess): Promise<{ readonly by: string; readonly count: number }[]> =>
  Promise.all(keys.map(async (key) => JSON.parse(await (await fetch(`${endpointOf(member)}/${key}`)).text())));

describeWith('kafka', 'metadata on a Kafka cluster', (brokers) => {
  test('a query reaches the owner of its key, also after one process leaves and another is killed', async () => {
    const log = kafka({ brokers });
    releases.push(() => log.close());
    const name = `metadata-${process.pid}-${Date.now()}`;
    const { counts, customers, named, orders } = topicsOf(name);
    await createTopics(log, [orders, named, counts], partitions);
    await createTopics(log, [customers], partitions, { 'cleanup.policy': 'compact' });
    const texts = (value: string, timestamp: number): TextRecord[] =>
      keys.map((key): TextRecord => [key, value, { partition: partitionOf(key), timestamp }]);
    await sendTexts(log, customers, texts('Ann', 1));

    const [first, second] = [await begin(brokers, name), await begin(brokers, name)];
    await seeEachOther(new Map([first, second].map((one) => [one, 2])));
    await sendTexts(log, orders, texts('tea', 2));
    await readTexts(log, counts, partitions, keys.length);
    const holder = (key: string): MemberProcess => (first.held.has(`${orders}/${partitionOf(key)}`) ? first : second);
    const answers = keys.map((key) => ({ by: endpointOf(holder(key)), count: 1 }));
    expect(new Set(answers.map(({ by }) => by)).size).toBe(2);
    expect(await query(first)).toEqual(answers);
    expect(await query(second)).toEqual(answers);

    expect(await second.stop()).toBe(0);
    await seeEachOther(new Map([[first, 4]]));
    expect(await query(first)).toEqual(keys.map(() => ({ by: endpointOf(first), count: 1 })));

    const third = await begin(brokers, name);
    await seeEachOther(new Map([first, third].map((one) => [one, 2])));
    await first.kill();
    await seeEachOther(new Map([[third, 4]]));
    expect(await query(third)).toEqual(keys.map(() => ({ by: endpointOf(third), count: 1 })));
    expect(await third.stop()).toBe(0);

    const rows = await readTopic(log, `${name}-metadata`);
    const last = new Map(rows.map(({ key, value }) => [fromUtf8(key as Uint8Array), value]));
    expect([...last.values()]).toEqual([null, null, null]);
  });
});
