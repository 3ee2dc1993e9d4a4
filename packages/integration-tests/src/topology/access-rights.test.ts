import { describe, expect, test } from '@jest/globals';
import { accessRights, planTopology } from '@kstreams/core/graph';
import { type Streams, streams, string, topic } from 'kstreams';

const text = (name: string) => topic(name, { key: string, value: string });
const rightsOf = (app: Streams, options = {}) =>
  accessRights(planTopology(app.build()), { exactlyOnce: false, endpoint: false, deadLetters: [], ...options }).map(
    ({ name, operations, pattern, resource }) => `${operations.join(' ')}: ${pattern} ${resource} ${name}`,
  );

describe('the rights of an application', () => {
  test('are to read its sources and its group, and to write its sinks', () => {
    const app = streams('copy');
    app.stream(text('in')).to(text('out'));
    expect(rightsOf(app)).toEqual(['Read: literal topic in', 'Write: literal topic out', 'Read: literal group copy']);
  });

  test('are to create, read and write its internal topics, and to delete from those for repartitions', () => {
    const app = streams('shop');
    app
      .stream(text('in'))
      .groupBy((value) => value, { key: string })
      .count({ name: 'counts' });
    expect(rightsOf(app)).toEqual([
      'Read: literal topic in',
      'Write Read Create Delete: literal topic shop-counts-repartition',
      'Create Read Write: literal topic shop-counts-changelog',
      'Create Read Alter: literal topic shop-placement',
      'Read: literal group shop',
    ]);
  });

  test('grow with transactions, endpoints and dead letters, also those of a step', () => {
    const app = streams('calls');
    app
      .stream(text('in'))
      .mapAsync(async (value) => value, { value: string, deadLetters: ['of-step'] })
      .to(text('out'));
    expect(rightsOf(app, { exactlyOnce: true, endpoint: true, deadLetters: ['dead'] })).toEqual([
      'Read: literal topic in',
      'Write: literal topic of-step',
      'Write: literal topic out',
      'Write: literal topic dead',
      'Create Read Write: literal topic calls-metadata',
      'Read: literal group calls',
      'Write: prefixed transactional-id calls-',
    ]);
  });

  test('are by prefix for patterns, and name the step that chooses its topics', () => {
    const app = streams('all');
    app
      .stream({ pattern: /orders-.*/, key: string, value: string })
      .to({ key: string, value: string, choose: ({ value }) => value });
    app.globalTable(text('rates'));
    expect(rightsOf(app)).toEqual([
      'Read: literal topic rates',
      'Read: prefixed topic orders-',
      'Write: chosen topic to-0',
      'Create Read Alter: literal topic all-0-tasks',
      'Read: literal group all',
      'IdempotentWrite: literal cluster kafka-cluster',
    ]);
  });

  test.each([
    [/orders/, 'prefixed topic orders'],
    [/^orders.*/, 'prefixed topic orders'],
    [/orders?-.*/, 'prefixed topic order'],
    [/a|b/, 'literal topic *'],
    [/.*-events/, 'literal topic *'],
  ])('match at least the topics of %s', (pattern, right) => {
    const app = streams('p');
    app.stream({ pattern, key: string, value: string }).forEach(() => {});
    expect(rightsOf(app)[0]).toBe(`Read: ${right}`);
  });
});
