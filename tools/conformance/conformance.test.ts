import { describe, expect, test } from '@jest/globals';
import type { Case } from './case.js';
import { driverMode } from './modes.js';
import { type Judged, report } from './report.js';
import { judgeTopology } from './topologies/judge-topology.js';
import type { TopologyCase } from './topologies/topology-case.js';
import { type AnyCase, ownVectors, readVectors } from './vectors.js';

const cases = readVectors(ownVectors);
const failed = (judged: readonly Judged[]): readonly Judged[] =>
  judged.filter(({ result }) => result === 'differ' || result === 'unsupported');

describe('the observed behavior of Kafka Streams 4.4', () => {
  test('holds in the test driver, except where a decision differs', async () => {
    const driver = driverMode();
    const judged: Judged[] = [];
    for (const one of cases.filter((one) => 'steps' in one) as (AnyCase & Case)[])
      judged.push({ one, mode: driver.name, ...(await driver.judge(one)) });
    expect(judged.length).toBeGreaterThan(900);
    if (failed(judged).length > 0) throw new Error(report(judged, false));
    const counts = new Map<string, number>();
    for (const { result, why } of judged) {
      const decision = why.split('\n')[0] as string;
      if (result === 'set aside') counts.set(decision, (counts.get(decision) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({
      '0010-sliding-windows-have-a-length': 1,
      '0013-a-null-key-waits-for-nobody': 1,
      '0023-a-session-of-one-instant-counts-it-whole': 2,
      '0024-a-join-reads-what-was-forwarded-to-it': 11,
      '0025-an-old-value-is-one-that-was-sent': 14,
      '0026-a-response-counts-for-the-foreign-key': 2,
      '0028-sessions-of-a-key-never-overlap': 2,
    });
  });

  test('the structure of topologies', () => {
    const topologies = cases.filter((one) => 'subtopologies' in one) as (AnyCase & TopologyCase)[];
    const judged = topologies.map((one) => ({ one, mode: 'topology', ...judgeTopology(one, topologies) }));
    expect(judged.length).toBeGreaterThan(200);
    if (failed(judged).length > 0) throw new Error(report(judged, false));
  });
});

describe('an unsupported case', () => {
  const base = {
    name: 'made up',
    kind: 'made up',
    config: { cache: false },
    topology: [
      { id: 's', op: 'stream', topic: 'in' },
      { op: 'to', src: 's', topic: 'out' },
    ],
    steps: [{ in: { topic: 'in', key: 'a', value: 'b', ts: 1 }, out: [{ key: 'a', value: 'b', ts: 1 }] }],
  } as const;
  const [source, sink] = base.topology;
  const [step] = base.steps;

  test.each<[string, object, string]>([
    ['an op', { topology: [source, { ...sink, op: 'teleport' }] }, 'teleport'],
    ['a field of a statement', { topology: [{ ...source, speed: 1 }, sink] }, 'stream with speed'],
    ['a field of a step', { steps: [{ ...step, weather: 'fair' }] }, 'field step.weather'],
    ['a field of a case', { mood: 'good' }, 'field case.mood'],
    ['a name that nothing bears', { topology: [source, { ...sink, src: 'x' }] }, 'src x'],
  ])('is unsupported: %s', async (_, change, why) => {
    const outcome = await driverMode().judge({ ...base, ...change } as unknown as Case);
    expect(outcome).toEqual({ result: 'unsupported', why: expect.stringContaining(why) });
  });

  test.each<[string, object, string]>([
    ['an output', { out: [] }, 'topic out'],
    ['a timestamp', { out: [{ key: 'a', value: 'b', ts: 2 }] }, '≠ "a" → "b" @2   "a" → "b" @1'],
    ['a topic', { out: [{ topic: 'elsewhere', key: 'a', value: 'b', ts: 1 }] }, 'topic out'],
    ['a drop', { dropped: 1 }, 'dropped 0 records, not 1'],
    ['a throw', { throws: 'StreamsException' }, 'did not throw'],
  ])('differs in %s', async (_, change, why) => {
    const outcome = await driverMode().judge({ ...base, steps: [{ ...step, ...change }] } as unknown as Case);
    expect(outcome).toEqual({ result: 'differ', why: expect.stringContaining(why) });
  });

  test('differs in a store', async () => {
    const topology = [
      { id: 's', op: 'table', topic: 'in', store: { name: 'rows', type: 'kv' } },
      { op: 'to', src: 's', topic: 'out' },
    ];
    const judge = (ts: number) =>
      driverMode().judge({ ...base, topology, stores: { rows: [{ key: 'a', value: 'b', ts }] } } as unknown as Case);
    expect(await judge(1)).toEqual({ result: 'equal', why: '' });
    expect(await judge(2)).toEqual({ result: 'differ', why: expect.stringContaining('at the end, store rows') });
  });
});
