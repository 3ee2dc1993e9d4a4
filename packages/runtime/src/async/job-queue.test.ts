import { test } from '@jest/globals';
import fc from 'fast-check';
import { InFlightRecord } from './in-flight-records.js';
import { Job, type JobStage } from './job.js';
import { JobQueue } from './job-queue.js';

const stage: JobStage = { node: 'node', onError: undefined, done: () => {}, finish: () => {}, retry: () => {} };

type Model = Job[];

/** Steps on a queue and on an array as its model. Each returns the results of both. */
const steps: Readonly<Record<string, (queue: JobQueue, model: Model, job: Job) => readonly unknown[]>> = {
  push: (queue, model, job) => [queue.push(job), void model.push(job)],
  unshift: (queue, model, job) => [queue.unshift(job), void model.unshift(job)],
  shift: (queue, model) => [queue.shift(), model.shift()],
  clear: (queue, model) => [queue.clear(), void model.splice(0)],
};

const step = fc.constantFrom('push', 'push', 'unshift', 'shift', 'shift', 'clear');

test('a queue behaves as an array, and a removed job can be added again', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (all) => {
      const queue = new JobQueue();
      const model: Model = [];
      const jobs = Array.from({ length: 5 }, () => new Job(stage, new InFlightRecord()));
      for (const kind of all) {
        const job = jobs.find((one) => !model.includes(one));
        if (job === undefined && kind !== 'shift' && kind !== 'clear') continue;
        const [given, expected] = steps[kind]?.(queue, model, job as Job) ?? [];
        if (given !== expected || queue.head !== model[0] || queue.length !== model.length) return false;
      }
      return model.every((job) => queue.shift() === job);
    }),
  );
});
