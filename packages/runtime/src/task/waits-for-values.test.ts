import { expect, test } from '@jest/globals';
import { planTopology, type Serde, type Subtopology, streams, topic } from '@kstreams/core';
import { json, string } from '@kstreams/serde';
import { isKeyLocal } from './waits-for-values.js';

/** A sub-topology that merges two topics with these serdes of keys. */
const merged = (left: Serde<string>, right: Serde<string>): Subtopology => {
  const chain = streams('app');
  chain
    .stream(topic('left', { key: left, value: string }))
    .merge(chain.stream(topic('right', { key: right, value: string })))
    .filter(() => true)
    .to(topic('out', { key: string, value: string }));
  return planTopology(chain.build()).subtopologies[0] as Subtopology;
};

test('records may overtake others of another key where equal keys have equal bytes', () => {
  expect(isKeyLocal(merged(string, string))).toBe(true);
  expect(isKeyLocal(merged(json<string>(), json<string>()))).toBe(true);
});

test('no record overtakes another where keys are encoded in two ways, or with the ids of schemas', () => {
  expect(isKeyLocal(merged(string, json<string>()))).toBe(false);
  const schema = { ...string, prefetch: () => undefined };
  expect(isKeyLocal(merged(schema, schema))).toBe(false);
});
