/**
 * The scheduler of an async step, without the task around it, against a bare loop that awaits the same function: order,
 * slots, calls in flight, results and offsets are the runtime's own; nothing is decoded, sent or written to a log.
 */
import { type AnyProcess, noBytes, noHeaders, planTopology, record, systemClock } from '@kstreams/core';
import { RecordJournal } from '@kstreams/runtime';
import { bytes, int32 } from '@kstreams/serde';
import { streams, topic } from 'kstreams';
import { AsyncWork } from '../../../../packages/runtime/src/async/async-work.js';
import { CallResults } from '../../../../packages/runtime/src/async/call-results.js';
import type { Origin } from '../../../../packages/runtime/src/async/origins.js';
import { offsetsOf } from '../../../../packages/runtime/src/async/partition-progress.js';
import { PartitionQueue } from '../../../../packages/runtime/src/task/queue.js';
import { awaited, call } from '../awaited.js';
import type { Benchmark, Side } from '../benchmark.js';
import { emptyRecord } from '../empty-record.js';

const input = topic('input', { key: int32, value: bytes });
/** How many records are done between two commits. */
const committed = 10_000;
const keys = 1_000;
const decoded = Array.from({ length: keys }, (_, key) => record(key, noBytes, key, noHeaders));

/** What stands behind a step that never fails. */
const attempts = {
  waiting: () => false,
  run: (_kind: unknown, _node: unknown, _record: unknown, work: () => void) => {
    work();
    return 'done' as const;
  },
  judgeCall: (thrown: unknown) => {
    throw thrown;
  },
};

const stage =
  (order: 'key' | 'none'): Side =>
  (size) => {
    const chain = streams('async-stage');
    chain
      .stream(input)
      .mapAsync(call, { order, concurrency: 100 })
      .forEach(() => {});
    const nodes = planTopology(chain.build()).subtopologies[0]?.nodes ?? [];
    let woken = (): void => {};
    let done = 0;
    const work = AsyncWork.of(nodes, {
      clock: systemClock,
      journal: new RecordJournal(),
      wake: () => woken(),
      cold: () => {},
    }) as AsyncWork;
    const enter: AnyProcess = work.stage('map-async-0', { one: ({ value }) => call(value as Uint8Array) }, () => {
      done++;
    });
    const source = { topic: '', partition: 0, offset: -1 };
    const results = new CallResults({ work, attempts, source, now: systemClock.now, moveOn: () => {} });
    const queue = new PartitionQueue(input.name, 0, 'source-0', enter, ({ offset }) => decoded[offset % keys] as never);
    const queues = new Map([[input.name, queue]]);
    for (let offset = 0; offset < size; offset++) queue.add(emptyRecord(input.name, offset));
    const process = (origin: Origin): void => {
      const next = queue.head();
      if (next.timestamp > queue.time) queue.time = next.timestamp;
      origin.time = queue.time;
      queue.process(next);
    };
    const run = async (): Promise<void> => {
      for (let due = committed; done < size; ) {
        while (results.settle());
        while (queue.length > 0 && !work.full(queue)) {
          work.inTurn(process, queue.time, queue, queue.received);
          queue.advance();
        }
        if (done >= due) {
          offsetsOf(queues, work.origins);
          due += committed;
        }
        if (done < size && work.completions.length === 0) {
          await new Promise<void>((resolve) => {
            woken = resolve;
          });
        }
      }
    };
    return { run, result: () => done };
  };

const benchmark = (order: 'key' | 'none'): Benchmark => ({
  name: `async-stage-${order}`,
  compares: `the scheduler of an async step, order '${order}'; a loop that awaits the same calls`,
  unit: 'records',
  size: 1_000_000,
  kstreams: stage(order),
  byHand: awaited,
});

export const asyncStages: readonly Benchmark[] = [benchmark('none'), benchmark('key')];
