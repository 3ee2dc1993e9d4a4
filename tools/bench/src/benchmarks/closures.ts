/**
 * Measures a compiled chain against the same four steps as nested closures. Fair, since both create the same records
 * and call the same functions.
 */
import { type AnyProcess, record, type StreamRecord, withValue } from '@kstreams/core';
import { double, string } from '@kstreams/serde';
import { TestClock } from '@kstreams/testing';
import { streams, topic } from 'kstreams';
import type { Benchmark, Trial } from '../benchmark.js';
import { oneTask } from '../one-task.js';

const numbers = topic('numbers', { key: string, value: double });

const increment = (value: number): number => value + 1;
const isOdd = (value: number): boolean => value % 2 === 1;
const triple = (value: number): number => value * 3;

/** Returns a trial that passes records to a process and sums up its output. */
const trial = (size: number, open: (add: (value: number) => void) => AnyProcess): Trial => {
  let sum = 0;
  const process = open((value) => {
    sum += value;
  });
  return {
    run: () => {
      for (let i = 0; i < size; i++) process(record('key', i, i));
    },
    result: () => sum,
  };
};

const compiled = (add: (value: number) => void): AnyProcess => {
  const app = streams('closures');
  app.stream(numbers).mapValues(increment).filter(isOdd).mapValues(triple).forEach(add);
  const task = oneTask(app, new TestClock());
  return (task.queues.get(numbers.name) as { readonly process: AnyProcess }).process;
};

type Step = (from: StreamRecord<string, number>) => void;

const nested = (add: (value: number) => void): AnyProcess => {
  const last: Step = (from) => add(from.value);
  const third: Step = (from) => last(withValue(from, triple(from.value)));
  const second: Step = (from) => {
    if (isOdd(from.value)) third(from);
  };
  return (from) => second(withValue(from, increment(from.value)));
};

/** The inner loop: the cost of a step beside its function. */
export const closures: Benchmark = {
  name: 'closures',
  compares: 'a compiled chain of four steps; the same steps as nested closures',
  unit: 'records',
  size: 10_000_000,
  kstreams: (size) => trial(size, compiled),
  byHand: (size) => trial(size, nested),
};
