/** A worker in miniature: it processes records, commits them, and goes back to its last commit when the log refuses one. */
import { describe, expect, test } from '@jest/globals';
import { type Position, TransportError } from '@kstreams/core/graph';
import fc from 'fast-check';
import { FailedSends } from './failed-sends.js';
import { TopicLimits } from './topic-limits.js';

/** The way in which the log refuses what a record writes; `undefined` for none. */
type Fault = 'named' | 'too large' | 'unnamed' | 'row too large' | 'row' | undefined;

const at = (offset: number): Position => ({ topic: 'in', partition: 0, offset });
const refused = new TransportError('refused');
const otherOfBatch = new TransportError('refused because of another', {}, undefined, true);

/** Runs until all records are committed. Returns the skipped ones, and how often the worker rolled back. */
const run = (faults: readonly Fault[], interval: number, transactional = false) => {
  const limits = new TopicLimits();
  const sends = new FailedSends(limits);
  const skipped: number[] = [];
  let rollbacks = 0;
  let alone = false;
  const output = (offset: number) => {
    const large = faults[offset] === 'too large' || faults[offset] === 'row too large';
    return { partition: 0, key: null, value: new Uint8Array(large ? 100 : 10), timestamp: 0, headers: [] };
  };
  /** Refuses the records of a batch because of the bad ones. Sent alone, the first refusal ends a transaction. */
  const refuse = (batch: readonly number[]): boolean => {
    const bad = batch.filter((offset) => faults[offset] !== undefined);
    if (alone) {
      for (const offset of transactional ? bad.slice(0, 1) : bad) refuseBatch([offset], [offset]);
    } else refuseBatch(batch, bad);
    return bad.length > 0;
  };
  const refuseBatch = (batch: readonly number[], bad: readonly number[]): void => {
    for (const offset of batch) {
      const fault = faults[offset];
      const sent = { ...output(offset), topic: 'out', cause: at(offset) };
      const row = { ...output(offset), topic: 'app-counts-changelog' };
      const has = (...kinds: readonly Fault[]): boolean => bad.some((one) => kinds.includes(faults[one]));
      if (has('too large')) sends.add(sent, refused, 'size');
      else if (has('unnamed')) sends.add(sent, refused, 'invalid');
      else if (has('named')) sends.add(sent, fault === 'named' ? refused : otherOfBatch, 'record');
      if (has('row too large')) sends.add(row, refused, 'size');
      else if (has('row')) sends.add(row, refused, 'invalid');
    }
  };
  for (let committed = 0; committed < faults.length; ) {
    const kept: number[] = [];
    const passed: number[] = [];
    let offset = committed;
    for (; offset < faults.length && offset < committed + interval && !sends.full; offset++) {
      const position = at(offset);
      const { value } = output(offset);
      const topic = faults[offset] === 'row too large' ? 'app-counts-changelog' : 'out';
      if (sends.toJudge(position) !== undefined || value.length > limits.size(topic)) passed.push(offset);
      else {
        sends.began(position);
        kept.push(offset);
      }
    }
    if (!refuse(kept)) {
      skipped.push(...passed);
      committed = offset;
      sends.committed([at(offset)]);
      if (alone !== sends.unbatched) {
        alone = sends.unbatched;
        sends.restart();
      }
      continue;
    }
    rollbacks++;
    expect(sends.take()?.outcome).toBe('found');
    alone = sends.unbatched;
    sends.restart();
  }
  return { skipped, rollbacks };
};

const badOf = (faults: readonly Fault[]): number[] =>
  faults.flatMap((fault, offset) => (fault === undefined ? [] : offset));

const faultsOf = (...kinds: readonly Fault[]) =>
  fc.array(
    fc.oneof(
      { weight: 40, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom<Fault>(...kinds) },
    ),
    { maxLength: 400, size: 'max' },
  );

describe('refused output', () => {
  test('costs the records that caused it, and no other', () => {
    const faults = faultsOf('named', 'too large', 'unnamed', 'row too large', 'row');
    fc.assert(
      fc.property(faults, fc.integer({ min: 1, max: 400 }), fc.boolean(), (faults, interval, transactional) => {
        expect(run(faults, interval, transactional).skipped).toEqual(badOf(faults));
      }),
      { numRuns: 100 },
    );
  });

  test('that the log names rolls each commit back once', () => {
    const faults = Array.from({ length: 1_000 }, (_, i): Fault => (i % 100 === 7 ? 'named' : undefined));
    expect(run(faults, 250)).toEqual({ skipped: badOf(faults), rollbacks: 4 });
  });

  test.each(['too large', 'row too large'] as const)('%s is searched once, and known later', (fault) => {
    const faults = Array.from({ length: 10_000 }, (_, i): Fault => (i % 100 === 7 ? fault : undefined));
    const { rollbacks, skipped } = run(faults, 1_000);
    expect(skipped).toEqual(badOf(faults));
    expect(rollbacks).toBeLessThan(6);
  });

  test('that is one of a batch costs one rollback more than its own, for as long as others follow', () => {
    const faults = Array.from({ length: 10_000 }, (_, i): Fault => (i % 100 === 7 ? 'unnamed' : undefined));
    expect(run(faults, 250, true)).toEqual({ skipped: badOf(faults), rollbacks: 101 });
    expect(run(faults, 250)).toEqual({ skipped: badOf(faults), rollbacks: 41 });
  });

  test('of a row is found in a few rollbacks each', () => {
    const faults = Array.from({ length: 10_000 }, (_, i): Fault => (i % 1_000 === 777 ? 'row' : undefined));
    const { rollbacks, skipped } = run(faults, 1_000);
    expect(skipped).toEqual(badOf(faults));
    expect(rollbacks).toBeLessThan(60);
  });
});

test('a changelog that refuses all rows is no matter of one record', () => {
  const sends = new FailedSends(new TopicLimits());
  const row = { topic: 'app-counts-changelog', partition: 0, key: null, value: null, timestamp: 0, headers: [] };
  sends.began(at(1));
  sends.add(row, refused, 'topic');
  expect(sends.take()).toEqual({ error: refused, outcome: 'fatal' });
});

test('a row that a punctuation changed has no source record', () => {
  const sends = new FailedSends(new TopicLimits());
  const row = { topic: 'app-counts-changelog', partition: 0, key: null, value: null, timestamp: 0, headers: [] };
  const refuse = (): string | undefined => {
    sends.began(undefined);
    sends.add(row, refused, 'size');
    const outcome = sends.take()?.outcome;
    sends.restart();
    return outcome;
  };
  expect([refuse(), refuse()]).toEqual(['found', 'unknown']);
});

test('a refused dead letter is counted, and its record is not judged again', () => {
  const sends = new FailedSends(new TopicLimits());
  const letter = { topic: 'dead', partition: 0, key: null, value: null, timestamp: 0, headers: [], cause: at(3) };
  sends.began(at(3));
  sends.add({ ...letter, letter: true }, refused, 'record');
  expect(sends.take()?.outcome).toBe('found');
  expect(sends.refusedLetters(at(3))).toBe(1);
  expect(sends.toJudge(at(3))).toBeUndefined();
  sends.committed([at(4)]);
  expect(sends.refusedLetters(at(3))).toBe(0);
});

test('a batch that was refused before a rollback for another reason costs no record', () => {
  const sends = new FailedSends(new TopicLimits());
  const output = { topic: 'out', partition: 0, key: null, value: null, timestamp: 0, headers: [] };
  for (const offset of [1, 2]) {
    sends.began(at(offset));
    sends.add({ ...output, cause: at(offset) }, refused, 'size');
  }
  sends.restart();
  expect([sends.hasNew, sends.take(), sends.unbatched]).toEqual([false, undefined, true]);
});
