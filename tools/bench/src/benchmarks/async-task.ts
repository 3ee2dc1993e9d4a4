/**
 * Measures a whole task with one async step against a bare loop that awaits the same function: the cost of a task
 * beside the call.
 */
import { systemClock } from '@kstreams/core';
import { bytes } from '@kstreams/serde';
import { streams, topic } from 'kstreams';
import { awaited, call } from '../awaited.js';
import type { Benchmark, Side } from '../benchmark.js';
import { emptyRecord } from '../empty-record.js';
import { oneTask } from '../one-task.js';

const input = topic('input', { key: bytes, value: bytes });
/** The number of records in the task's queue, as in a worker. */
const waiting = 1_000;

const task: Side = (size) => {
  let done = 0;
  const chain = streams('async-task');
  chain
    .stream(input)
    .mapAsync(call, { order: 'none', concurrency: 100 })
    .forEach(() => {
      done++;
    });
  let woken = (): void => {};
  const one = oneTask(chain, systemClock, () => woken());
  const run = async (): Promise<void> => {
    for (let offset = 0; done < size; ) {
      while (one.settle());
      for (const end = Math.min(size, offset + waiting - one.buffered); offset < end; offset++) {
        one.add(emptyRecord(input.name, offset));
      }
      one.process(Number.POSITIVE_INFINITY);
      if (done < size && !one.intake.hasResults) {
        await new Promise<void>((resolve) => {
          woken = resolve;
        });
      }
    }
  };
  return { run, result: () => done, close: () => one.close() };
};

export const asyncTask: Benchmark = {
  name: 'async-task',
  compares: 'a task that decodes, calls and goes on with the result; a loop that awaits the same calls',
  unit: 'records',
  size: 500_000,
  kstreams: task,
  byHand: awaited,
};
