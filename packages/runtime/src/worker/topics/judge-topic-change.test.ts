import { describe, expect, test } from '@jest/globals';
import { judgeTopicChange, type TopicChange, type Verdict } from './judge-topic-change.js';
import type { TopicRole } from './topic-roles.js';

const source = (given: Partial<Extract<TopicRole, { kind: 'source' }>> = {}): TopicRole => ({
  kind: 'source',
  stores: [],
  joined: [],
  matched: false,
  ...given,
});

/** The reactions to a topic that grew from 2 to 4 partitions, was created again, and was deleted. */
type Row = readonly [
  role: string,
  TopicRole,
  grew: Verdict['kind'],
  recreated: Verdict['kind'],
  deleted: Verdict['kind'],
];

const table: readonly Row[] = [
  ['a source without state', source(), 'continue', 'rejoin', 'stop'],
  ['a source of a store', source({ stores: ['counts'] }), 'stop', 'stop', 'stop'],
  ['a side of a join', source({ stores: ['buffer'], joined: ['other'] }), 'stop', 'stop', 'stop'],
  ['a matched topic without state', source({ matched: true }), 'continue', 'rejoin', 'rejoin'],
  ['a matched topic of a store', source({ matched: true, stores: ['counts'] }), 'stop', 'stop', 'rejoin'],
  ['a global table', { kind: 'global' }, 'continue', 'stop', 'stop'],
  ['an output', { kind: 'output' }, 'continue', 'continue', 'continue'],
  ['a repartition topic', { kind: 'repartition' }, 'stop', 'stop', 'stop'],
  ['a changelog', { kind: 'changelog', store: 'counts' }, 'stop', 'stop', 'stop'],
  ['a topic of tasks', { kind: 'tasks' }, 'continue', 'stop', 'stop'],
  ['a placement topic', { kind: 'placement' }, 'continue', 'stop', 'stop'],
];

const changed = (kind: TopicChange['kind']): TopicChange => ({
  topic: 'lines',
  kind,
  before: 2,
  now: kind === 'grew' ? 4 : kind === 'deleted' ? 0 : 2,
});

describe('the reaction to a topic that grew, was created again, or was deleted', () => {
  test.each(table)('%s', (_, role, ...expected) => {
    const kinds = ['grew', 'recreated', 'deleted'] as const;
    expect(kinds.map((kind) => judgeTopicChange(changed(kind), [role]).kind)).toEqual(expected);
  });
});

test('the most severe reaction of several uses counts, and a topic without a use has none', () => {
  const roles: TopicRole[] = [{ kind: 'output' }, source({ stores: ['counts'] }), source()];
  expect(judgeTopicChange(changed('grew'), roles).kind).toBe('stop');
  expect(judgeTopicChange(changed('deleted'), []).kind).toBe('continue');
});

test('a stop names the topic, what depends on it, and the remedy', () => {
  const reason = (change: TopicChange, role: TopicRole): string => {
    const verdict = judgeTopicChange(change, [role]);
    return verdict.kind === 'stop' ? verdict.reason : verdict.kind;
  };
  expect(reason(changed('grew'), source({ stores: ['counts'] }))).toBe(
    'topic "lines" grew from 2 to 4 partitions, and its keys moved away from their rows in store "counts": read it through ' +
      'repartition({ partitions: 2 }) to keep the rows, or start over under another name',
  );
  expect(reason(changed('deleted'), { kind: 'changelog', store: 'counts' })).toContain(
    'changelog "lines" was deleted, and with it the rows of store "counts"',
  );
});
