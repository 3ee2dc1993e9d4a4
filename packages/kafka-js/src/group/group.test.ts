import { expect, test } from '@jest/globals';
import { partitionId, type TopicPartition } from '@kstreams/core/graph';
import * as fc from 'fast-check';
import { assignPartitions } from './assign-partitions.js';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type MemberSubscription,
} from './subscription-bytes.js';

const topics = ['a', 'b', 'c'];
const counts = fc.record({ a: fc.nat(6), b: fc.nat(6), c: fc.nat(6) }).map((all) => new Map(Object.entries(all)));

/** The steps of a group: members with topics that join and leave. */
const steps = fc.array(fc.record({ member: fc.constantFrom('m1', 'm2', 'm3', 'm4'), topics: fc.subarray(topics) }), {
  minLength: 1,
  maxLength: 8,
});

const ids = (partitions: readonly TopicPartition[] = []): string[] => partitions.map(partitionId).sort();

test('a group comes to rest after each change: every partition has one owner, never two, and shares are even', () => {
  fc.assert(
    fc.property(counts, steps, fc.boolean(), (partitionCounts, changes, equal) => {
      const members = new Map<string, MemberSubscription>();
      let generation = 0;
      for (const { member, topics: subscribed } of changes) {
        if (members.has(member)) members.delete(member);
        else members.set(member, { topics: equal ? topics : subscribed, owned: [], generation: -1 });
        for (let round = 0, moving = true; moving; round++) {
          expect(round).toBeLessThan(3);
          generation++;
          const before = new Map([...members].map(([id, { owned }]) => [id, ids(owned)]));
          const assigned = assignPartitions(members, partitionCounts);
          moving = [...members].some(([id, { owned }]) => {
            const kept = new Set(ids(assigned.get(id)));
            return ids(owned).some((one) => !kept.has(one));
          });
          for (const [id, partitions] of assigned) {
            for (const one of ids(partitions)) {
              const others = [...before].filter(([other, had]) => other !== id && had.includes(one));
              expect(others).toEqual([]);
            }
            members.set(id, { ...(members.get(id) as MemberSubscription), owned: partitions, generation });
          }
          if (moving) continue;
          const all = [...members.values()];
          const readable = [...partitionCounts].flatMap(([topic, count]) =>
            all.some((one) => one.topics.includes(topic))
              ? Array.from({ length: count }, (_, partition) => ({ topic, partition }))
              : [],
          );
          expect(all.flatMap(({ owned }) => ids(owned)).sort()).toEqual(ids(readable));
          const sizes = all.map(({ owned }) => owned.length);
          if (equal && sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2);
        }
      }
    }),
  );
});

test('members keep their partitions when another one joins, but for its share', () => {
  const of = (owned: readonly number[]): MemberSubscription => ({
    topics: ['a'],
    owned: owned.map((partition) => ({ topic: 'a', partition })),
    generation: 1,
  });
  const members = new Map([
    ['old', of([0, 1, 2, 3])],
    ['new', of([])],
  ]);
  const assigned = assignPartitions(members, new Map([['a', 4]]));
  expect(ids(assigned.get('old'))).toEqual(['a/0', 'a/1']);
  // The others are assigned once the first member has released them.
  expect(ids(assigned.get('new'))).toEqual([]);
});

test('of two claims to a partition that of the later generation counts', () => {
  const claim = (generation: number) => ({ topics: ['a'], owned: [{ topic: 'a', partition: 0 }], generation });
  const assigned = assignPartitions(
    new Map([
      ['expelled', claim(1)],
      ['present', claim(2)],
    ]),
    new Map([['a', 1]]),
  );
  expect([ids(assigned.get('expelled')), ids(assigned.get('present'))]).toEqual([[], ['a/0']]);
});

test('subscriptions and assignments are read as they were written', () => {
  const partition = fc.record({ topic: fc.constantFrom(...topics), partition: fc.nat(20) });
  const partitions = fc.uniqueArray(partition, { selector: partitionId });
  fc.assert(
    fc.property(fc.subarray(topics), partitions, fc.integer({ min: -1, max: 99 }), (subscribed, owned, generation) => {
      const found = decodeSubscription(encodeSubscription({ topics: subscribed, owned, generation }));
      expect([found.topics, ids(found.owned), found.generation]).toEqual([subscribed, ids(owned), generation]);
      expect(ids(decodeAssignment(encodeAssignment(owned)))).toEqual(ids(owned));
    }),
  );
  expect(decodeSubscription(Buffer.alloc(0))).toEqual({ topics: [], owned: [], generation: -1 });
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
});
