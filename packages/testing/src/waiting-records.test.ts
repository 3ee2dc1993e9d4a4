import { expect, test } from '@jest/globals';
import type { Outgoing } from '@kstreams/core/graph';
import fc from 'fast-check';
import { WaitingRecords } from './waiting-records.js';

const recordOf = (topic: string, timestamp: number, offset = 0): Outgoing => ({
  topic,
  partition: 0,
  key: null,
  value: Uint8Array.of(offset),
  timestamp,
  headers: [],
});

const taken = (waiting: WaitingRecords): string[] => {
  const order: string[] = [];
  for (let next = waiting.take(); next !== undefined; next = waiting.take()) order.push(next.topic);
  return order;
};

test('topics with heads of equal age take turns, the newest topic and the oldest', () => {
  const waiting = new WaitingRecords();
  for (const topic of ['a', 'b', 'c', 'a', 'c']) waiting.add(recordOf(topic, 1));
  expect(taken(waiting)).toEqual(['a', 'c', 'a', 'c', 'b']);
});

test('each topic keeps its order, and the oldest head comes first', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat({ max: 9 }))), (given) => {
      const waiting = new WaitingRecords();
      const queues = new Map<string, Outgoing[]>();
      given.forEach(([topic, timestamp], offset) => {
        const one = recordOf(topic, timestamp, offset);
        waiting.add(one);
        queues.set(topic, [...(queues.get(topic) ?? []), one]);
      });
      for (const _ of given) {
        const next = waiting.take() as Outgoing;
        const heads = [...queues.values()].flatMap(([head]) => head ?? []);
        expect(queues.get(next.topic)?.shift()).toBe(next);
        expect(next.timestamp).toBe(Math.min(...heads.map(({ timestamp }) => timestamp)));
      }
      expect(waiting.take()).toBeUndefined();
    }),
  ));
