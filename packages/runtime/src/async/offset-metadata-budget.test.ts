import { describe, expect, test } from '@jest/globals';
import { noBytes, noHeaders } from '@kstreams/core/graph';
import { Random } from '@kstreams/simulation';
import { encodeFinished } from './finished-offsets.js';
import { type InFlightRecord, InFlightRecords, TrackedPartition } from './in-flight-records.js';
import { finishedLimit } from './offset-metadata.js';
import { OffsetMetadataBudget } from './offset-metadata-budget.js';
import { progressOf } from './partition-progress.js';

/** A partition with a budget, and a function that takes its next record in. */
const setUp = () => {
  const source = { topic: 'in', partition: 0, time: -1, nextOffset: 0, finished: [], lineage: {} };
  const inFlight = new InFlightRecords();
  const partition = new TrackedPartition(source);
  const budget = new OffsetMetadataBudget(partition, inFlight);
  const take = (): InFlightRecord => {
    const { nextOffset: offset, topic } = source;
    const received = { topic, partition: 0, offset, timestamp: 0, key: noBytes, value: noBytes, headers: noHeaders };
    const record = inFlight.begin(0, partition, received);
    source.nextOffset++;
    return record;
  };
  const metadataLength = (): number => {
    const { finished = [], offset: from = 0 } = progressOf(source, inFlight.of(partition)) ?? {};
    return encodeFinished(from, finished).length;
  };
  return { budget, inFlight, metadataLength, take, taken: () => source.nextOffset };
};

describe('the budget for offsets finished beyond the oldest unfinished record', () => {
  test('any pattern of finished offsets fits into the metadata, and finished records free the budget', () => {
    const random = new Random(1);
    const { budget, inFlight, metadataLength, take, taken } = setUp();
    const oldest = take();
    const unfinished: InFlightRecord[] = [];
    let refused = 0;
    while (refused < 20 && taken() < 100_000) {
      if (budget.spent) {
        expect(metadataLength()).toBeLessThanOrEqual(finishedLimit);
        refused++;
        inFlight.release(unfinished.splice(random.below(unfinished.length), 1)[0] as InFlightRecord);
      } else if (random.below(2) === 0) {
        unfinished.push(take());
      } else {
        inFlight.release(take());
      }
    }
    expect(refused).toBe(20);
    expect(taken()).toBeGreaterThan(15_000);
    for (const record of [oldest, ...unfinished]) inFlight.release(record);
    expect(budget.spent).toBe(false);
  });

  test('one gap of any length needs a few bytes only', () => {
    const { metadataLength, inFlight, budget, take } = setUp();
    take();
    let taken = 0;
    for (; taken < 50_000 && !budget.spent; taken++) inFlight.release(take());
    expect(taken).toBe(50_000);
    expect(metadataLength()).toBeLessThanOrEqual(16);
  });

  test('without unfinished records the budget is free', () => {
    const { inFlight, budget, take } = setUp();
    expect(budget.spent).toBe(false);
    inFlight.release(take());
    expect(budget.spent).toBe(false);
  });
});
