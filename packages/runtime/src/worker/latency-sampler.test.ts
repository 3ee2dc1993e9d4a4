import { expect, test } from '@jest/globals';
import { type Distribution, MetricRegistry } from '@kstreams/core/graph';
import { LatencySampler, type SampledTask } from './latency-sampler.js';

const clock = { now: () => 1_500, monotonic: () => 0 } as never;

/** A task of a sub-topology with records, each written at the time 500. */
const taskOf = (subtopology: number, records: number): SampledTask & { taken: number } => {
  const task = {
    taken: 0,
    get buffered() {
      return records - task.taken;
    },
    process: (max: number) => {
      const taken = Math.min(max, task.buffered);
      task.taken += taken;
      return taken;
    },
    source: { timestamp: 500 },
    subtopology: { id: subtopology },
  };
  return task as never;
};

test('one record per turn is measured, of each task with records in its turn', () => {
  const metrics = new MetricRegistry();
  const sampler = new LatencySampler(metrics, 'log', clock);
  const tasks = [taskOf(0, 5), taskOf(1, 0), taskOf(2, 5)];
  for (let turn = 0; turn < 4; turn++) sampler.sample(tasks);
  expect(tasks.map(({ taken }) => taken)).toEqual([2, 0, 2]);
  const latencies = metrics.collect().filter(({ instrument }) => instrument.name === 'kstreams.record.latency');
  expect(latencies.map(({ value }) => (value as Distribution).sum)).toEqual([2, 2]);
});

test('a task that takes no record, and a worker without tasks, are not measured', () => {
  const metrics = new MetricRegistry();
  const sampler = new LatencySampler(metrics, 'log', clock);
  sampler.sample([]);
  sampler.sample([{ ...taskOf(0, 5), process: () => 0 }]);
  expect(metrics.collect()).toEqual([]);
});
