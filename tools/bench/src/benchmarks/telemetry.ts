/**
 * Measures a task in the turns of a worker, with telemetry against without: decode, map, filter, encode and send. Both
 * sides count; telemetry adds the measured times of one record and of each activity per poll, and a collection every
 * 100,000 records, which is about 100 times as often as a scrape.
 */
import { type Consumer, MetricRegistry, systemClock } from '@kstreams/core';
import { Metrics } from '@kstreams/runtime';
import { int32 } from '@kstreams/serde';
import { streams, topic } from 'kstreams';
import { LatencySampler } from '../../../../packages/runtime/src/worker/latency-sampler.js';
import { Pauses } from '../../../../packages/runtime/src/worker/pauses.js';
import { TaskExecutor } from '../../../../packages/runtime/src/worker/task-executor.js';
import { WorkerTimes } from '../../../../packages/runtime/src/worker/worker-times.js';
import type { Benchmark, Side } from '../benchmark.js';
import { emptyRecord } from '../empty-record.js';
import { oneTask } from '../one-task.js';

const input = topic('input', { key: int32, value: int32 });
const output = topic('output', { key: int32, value: int32 });
/** The number of records per poll. */
const polled = 2_000;
/** The number of records between two collections. */
const collected = 100_000;

const key = int32.encode(7, { topic: 'input', headers: [] });

const task =
  (registry: () => MetricRegistry | undefined): Side =>
  (size) => {
    let done = 0;
    const chain = streams('telemetry');
    chain
      .stream(input)
      .mapValues((value) => {
        done++;
        return value + 1;
      })
      .filter((value) => value > 0)
      .to(output);
    const telemetry = registry();
    const one = oneTask(chain, systemClock, () => {}, new Metrics(telemetry));
    const sampler = telemetry && new LatencySampler(telemetry, 'kstreams', systemClock);
    const times = telemetry && new WorkerTimes(telemetry, 0, systemClock);
    const consumer = { pause: () => {}, resume: () => {} } as Partial<Consumer> as Consumer;
    const executor = new TaskExecutor({ consumer, clock: systemClock, pauses: new Pauses(), sampler });
    const run = (): void => {
      for (let offset = 0; offset < size; ) {
        times?.begin('poll');
        for (const end = Math.min(size, offset + polled); offset < end; offset++) {
          one.add({ ...emptyRecord(input.name, offset), key, value: key });
        }
        times?.begin('process');
        executor.process([one], Number.POSITIVE_INFINITY);
        times?.begin('other');
        if (offset % collected === 0) telemetry?.collect();
      }
    };
    return { run, result: () => done, close: () => one.close() };
  };

export const telemetry: Benchmark = {
  name: 'telemetry',
  compares: 'a task with telemetry, collected often; the same task without',
  unit: 'records',
  size: 1_000_000,
  kstreams: task(() => new MetricRegistry()),
  byHand: task(() => undefined),
};
