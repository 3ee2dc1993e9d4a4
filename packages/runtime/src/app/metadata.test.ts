import { describe, expect, test } from '@jest/globals';
import { keyValue, partitionFor, planTopology, streams, topic, toUtf8 } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { NEVER } from 'rxjs';
import { SubscriptionPlan } from '../worker/topics/subscription-plan.js';
import { metadataOf } from './metadata.js';

const held = keyValue('seen', { key: string, value: string, named: true });

/** The metadata of a process that runs `running` of an application with two tasks; another one runs the others. */
const metadataWith = (running: readonly string[], elsewhere: readonly string[]) => {
  const app = streams('app');
  app.stream(topic('words', { key: string, value: string })).process(() => () => {}, { stores: [held] });
  const plan = planTopology(app.build());
  const topics = new Map([['words', { name: 'words', partitions: 2, cleanup: 'delete' }]]);
  return metadataOf(new SubscriptionPlan(plan, plan, topics), {
    id: 'here',
    endpoint: 'http://here',
    held: () => ({ running, opening: [] }),
    others: new Map([['there', { endpoint: 'http://there', running: elsewhere, opening: [] }]]),
    holderOf: (task) => (elsewhere.includes(task) ? { id: 'there', endpoint: 'http://there', runs: true } : undefined),
    changed$: NEVER,
  });
};

const keyIn = (partition: number): string => {
  const key = ['a', 'b', 'c', 'd', 'e'].find((one) => partitionFor(toUtf8(one), 2) === partition);
  if (key === undefined) throw new RangeError(`no key belongs to partition ${partition}`);
  return key;
};

describe('the process of a key', () => {
  test('is found by the spec of a store and by its name', () => {
    const metadata = metadataWith(['0_0'], ['0_1']);
    const there = { instance: 'there', endpoint: 'http://there', partition: 1, local: false };
    expect(metadata.forKey(held, keyIn(1))).toEqual(there);
    expect(metadata.forKey('seen', keyIn(1))).toEqual(there);
    expect(metadata.forKey(held, keyIn(0))?.local).toBe(true);
  });

  test('is undefined while no process runs its task', () => {
    expect(metadataWith(['0_0'], []).forKey(held, keyIn(1))).toBeUndefined();
  });
});

test('a task that this process and another one claim belongs to this one', () => {
  const [here, ...others] = metadataWith(['0_0', '0_1'], ['0_1']).instances();
  expect(here?.tasks.map(({ id }) => id)).toEqual(['0_0', '0_1']);
  expect(others).toEqual([]);
});
