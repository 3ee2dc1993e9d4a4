import { expect, test } from '@jest/globals';
import { planTopology, streams, topic } from '@kstreams/core';
import { within } from '@kstreams/joins';
import { string } from '@kstreams/serde';
import { matchPatterns } from './match-patterns.js';

const serdes = { key: string, value: string };
const out = topic('out', serdes);

const reading = (...patterns: readonly RegExp[]) => {
  const app = streams('app');
  for (const pattern of patterns) app.stream({ pattern, ...serdes }).to(out);
  return planTopology(app.build());
};

const topicsRead = ({ subtopologies }: ReturnType<typeof reading>) =>
  subtopologies.map(({ sources }) => sources.map(({ topics }) => topics));

test('a pattern reads topics with a matching whole name, except internal topics', () => {
  const topics = ['b-1', 'a-1', 'app-a-1', 'a-10', 'xa-1'];
  expect(topicsRead(matchPatterns(reading(/a-\d|b-1/, /a-\d\d/g), topics))).toEqual([[['a-1', 'b-1']], [['a-10']]]);
});

test('a pattern without a match and two patterns with the same topic are errors', () => {
  expect(() => matchPatterns(reading(/a-.*/), ['b'])).toThrow('no topic matches /a-.*/: create one before starting');
  expect(() => matchPatterns(reading(/a-.*/, /.*-1/), ['a-1'])).toThrow(
    'topic "a-1" is read by "source-0" and "source-1": exclude it from one of their patterns',
  );
});

test('matched topics join the co-partition group of their pattern', () => {
  const app = streams('app');
  app
    .stream({ pattern: /a-\d/, ...serdes })
    .join(app.stream(topic('b', serdes)), within('1m'), (left, right) => left + right, { value: string })
    .to(out);
  expect(matchPatterns(planTopology(app.build()), ['a-1', 'a-2', 'b']).describedCopartitionGroups).toEqual([
    ['a-1', 'a-2', 'b'],
  ]);
});
