import { test } from '@jest/globals';
import fc from 'fast-check';
import { Job } from './job.js';
import { Line } from './line.js';

type Model = Job[];

/** What is done to a line and to the array that it should be like; answers what both gave. */
const steps: Readonly<Record<string, (line: Line, model: Model, job: Job) => readonly unknown[]>> = {
  push: (line, model, job) => [line.push(job), void model.push(job)],
  unshift: (line, model, job) => [line.unshift(job), void model.unshift(job)],
  shift: (line, model) => [line.shift(), model.shift()],
  clear: (line, model) => [line.clear(), void model.splice(0)],
};

const step = fc.constantFrom('push', 'push', 'unshift', 'shift', 'shift', 'clear');

test('is the list that an array would be; who has left it may stand in it again', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (all) => {
      const line = new Line();
      const model: Model = [];
      const jobs = Array.from({ length: 5 }, () => new Job(undefined as never, undefined as never));
      for (const kind of all) {
        const job = jobs.find((one) => !model.includes(one));
        if (job === undefined && kind !== 'shift' && kind !== 'clear') continue;
        const [given, expected] = steps[kind]?.(line, model, job as Job) ?? [];
        if (given !== expected || line.head !== model[0] || line.length !== model.length) return false;
      }
      return model.every((job) => line.shift() === job);
    }),
  );
});
