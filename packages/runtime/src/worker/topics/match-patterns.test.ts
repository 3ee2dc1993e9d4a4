import { expect, test } from '@jest/globals';
import { isInternalTopic, metadataTopic, planTopology, streams, topic } from '@kstreams/core';
import { by, within } from '@kstreams/joins';
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

test('a pattern reads foreign topics that begin with the name of the application', () => {
  const foreign = ['app-eu', 'app-us', 'app-metadata-eu', 'app-tasks', 'app-changelog', 'apps-metadata', 'app'];
  const own = ['app-counts-changelog', 'app-by-user-repartition', 'app-0-tasks', 'app-metadata'];
  expect(topicsRead(matchPatterns(reading(/app.*/), [...own, ...foreign]))).toEqual([[[...foreign].sort()]]);
});

test('all topics that an application creates are internal', () => {
  const app = streams('app');
  const users = app.table(topic('users', serdes), { name: 'users' });
  users.join(
    users,
    by((value) => value),
    (left, right) => left + right,
    { value: string, name: 'friends' },
  );
  app
    .stream({ pattern: /a-\d/, ...serdes })
    .groupBy((value) => value, { key: string })
    .count();
  const created = app
    .describe()
    .toJSON()
    .internalTopics.map(({ name }) => name);
  expect(created).toEqual(
    expect.arrayContaining([
      expect.stringContaining('-changelog'),
      expect.stringContaining('-repartition'),
      expect.stringContaining('-topic'),
      expect.stringContaining('-tasks'),
    ]),
  );
  for (const name of [...created, metadataTopic('app')]) expect(isInternalTopic('app', name)).toBe(true);
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
