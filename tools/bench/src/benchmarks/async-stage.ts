/**
 * Measures the scheduler of an async step, without its task, against a bare loop that awaits the same function: order,
 * slots, calls in flight, results and offsets are the runtime's; nothing is queued, decoded, sent or logged.
 */
import { type AnyProcess, noBytes, noHeaders, planTopology, type Received, record, systemClock } from '@kstreams/core';
import { Metrics, RecordJournal } from '@kstreams/runtime';
import { bytes, int32 } from '@kstreams/serde';
import { streams, topic } from 'kstreams';
import { AsyncStages } from '../../../../packages/runtime/src/async/async-stages.js';
import type { SourcePartition } from '../../../../packages/runtime/src/async/in-flight-records.js';
import { committedOffset } from '../../../../packages/runtime/src/async/partition-progress.js';
import type { TaskHost } from '../../../../packages/runtime/src/async/task-host.js';
import { awaited, call } from '../awaited.js';
import type { Benchmark, Side } from '../benchmark.js';
import { emptyRecord } from '../empty-record.js';

const input = topic('input', { key: int32, value: bytes });
const concurrency = 100;
/** The number of records between two commits. */
const committed = 10_000;
const keys = 1_000;
const decoded = Array.from({ length: keys }, (_, key) => record(key, noBytes, key, noHeaders));

/** A task whose step never fails. */
const hostOf = (wake: () => void): TaskHost => ({
  clock: systemClock,
  journal: new RecordJournal(),
  retries: new Metrics().callRetries,
  wake,
  waiting: () => false,
  run: (_node, _record, work) => {
    work();
    return 'done';
  },
  expire: () => true,
  judgeCall: (thrown) => {
    throw thrown;
  },
  advanceTime: () => {},
});

/** Records as read, more than are in flight at once, used again and again: reading is not measured. */
const reads: { -readonly [Name in keyof Received]: Received[Name] }[] = Array.from({ length: 256 }, (_, offset) =>
  emptyRecord(input.name, offset),
);

const read = (offset: number): Received => {
  const received = reads[offset % reads.length] as (typeof reads)[number];
  received.offset = offset;
  return received;
};

/** A stage with its surroundings. All records are done when `run` returns. */
const scheduler = (order: 'key' | 'none') => {
  const chain = streams('async-stage');
  chain
    .stream(input)
    .mapAsync(call, { order, concurrency, buffer: { records: 2 * concurrency } })
    .forEach(() => {});
  const nodes = planTopology(chain.build()).subtopologies[0]?.nodes ?? [];
  let woken = (): void => {};
  let done = 0;
  const stages = AsyncStages.of(
    nodes,
    false,
    hostOf(() => woken()),
  ) as AsyncStages;
  const enter: AnyProcess = stages.open('map-async-0', { one: ({ value }) => call(value as Uint8Array) }, () => {
    done++;
  });
  const next = ({ offset }: Received) => decoded[offset % keys] as (typeof decoded)[number];
  const source = {
    topic: input.name,
    partition: 0,
    time: -1,
    nextOffset: 0,
    finished: [],
    lineage: {},
  } satisfies SourcePartition;
  const partition = stages.track(source);
  const process = (): void => {
    const { current } = stages.inFlight;
    current.time = source.time;
    enter(next(current.received as Received));
  };
  const run = async (size: number): Promise<number> => {
    done = 0;
    for (let [offset, due] = [0, committed]; done < size; ) {
      while (stages.settle());
      while (offset < size && !stages.isFull(partition)) {
        source.time = offset;
        stages.runTracked(process, offset, partition, read(offset));
        source.nextOffset = ++offset;
      }
      if (done >= due) {
        committedOffset(source, stages.inFlight.of(partition));
        due += committed;
      }
      if (done < size && !stages.hasResults) {
        await new Promise<void>((resolve) => {
          woken = resolve;
        });
      }
    }
    return done;
  };
  return run;
};

/** Created once, as in an application: a trial does not pay for the engine's warm-up. */
const stage = (order: 'key' | 'none'): Side => {
  let run: ReturnType<typeof scheduler> | undefined;
  return (size) => {
    run ??= scheduler(order);
    const begun = run;
    let done = 0;
    return {
      run: async () => {
        done = await begun(size);
      },
      result: () => done,
    };
  };
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
