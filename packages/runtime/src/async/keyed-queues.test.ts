import { expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { InFlightRecord } from './in-flight-records.js';
import { Job, type JobStage } from './job.js';
import { KeyedQueues } from './keyed-queues.js';

const stage: JobStage = { node: 'node', onError: undefined, done: () => {}, finish: () => {}, retry: () => {} };

const newJob = (bytes = 0): Job => Object.assign(new Job(stage, new InFlightRecord()), { bytes });

test('jobs of one key become ready one after another, jobs of different keys in order of arrival', () => {
  const random = new Random(1);
  const queues = new KeyedQueues(false);
  /** The jobs of each key; the first one is ready or taken. */
  const model = new Map<number, Job[]>();
  const [ready, taken]: [Job[], Job[]] = [[], []];
  const idOf = new Map<Job, number>();
  for (let i = 0; i < 50_000; i++) {
    if (random.chance(0.4)) {
      // A few keys recur, most come only once: their queues are removed.
      const id = random.chance(0.5) ? random.below(5) : i;
      const job = newJob(random.below(10));
      const ofKey = model.get(id) ?? [];
      if (ofKey.push(job) === 1) ready.push(job);
      model.set(id, ofKey);
      idOf.set(job, id);
      queues.add(job, id);
    } else if (ready.length > 0 && random.chance(0.5)) {
      const job = queues.take();
      expect(job).toBe(ready.shift());
      taken.push(job);
    } else if (taken.length > 0) {
      const [job] = taken.splice(random.below(taken.length), 1) as [Job];
      const ofKey = model.get(idOf.get(job) as number) as Job[];
      ofKey.shift();
      if (ofKey[0] !== undefined) ready.push(ofKey[0]);
      queues.leave(job);
      queues.leave(job);
    }
    if (queues.ready !== ready.length || queues.head !== ready[0])
      throw new Error(`differs from the model after step ${i}`);
  }
  expect(queues.bytes).toBe(ready.reduce((sum, { bytes }) => sum + bytes, 0));
});

test('empty queues of old keys are removed', () => {
  const queues = new KeyedQueues(false);
  for (let id = 0; id < 100_000; id++) {
    queues.add(newJob(), id);
    queues.leave(queues.take());
  }
  expect(queues.size).toBeLessThan(2_000);
});

test('independent jobs are all ready at once, and jobs that are put back come first', () => {
  const queues = new KeyedQueues(true);
  const jobs = Array.from({ length: 4 }, () => newJob());
  for (const job of jobs) queues.add(job, undefined);
  const [first, second, third, fourth] = jobs as [Job, Job, Job, Job];
  expect([queues.take(), queues.take()]).toEqual([first, second]);
  queues.putBack([first, second]);
  expect([queues.take(), queues.take(), queues.take(), queues.take()]).toEqual([first, second, third, fourth]);
});
