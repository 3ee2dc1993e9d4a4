import { expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { Job } from './job.js';
import { Lanes } from './lanes.js';

const newJob = (bytes = 0): Job => Object.assign(new Job(undefined as never, undefined as never), { bytes });

test('the jobs of a lane are ready one after another, those of all lanes as they came', () => {
  const random = new Random(1);
  const lanes = new Lanes(false);
  /** What waits in each lane, the job that is ready or was taken first. */
  const model = new Map<number, Job[]>();
  const [ready, taken]: [Job[], Job[]] = [[], []];
  const idOf = new Map<Job, number>();
  for (let i = 0; i < 50_000; i++) {
    if (random.chance(0.4)) {
      // A few keys come again and again, most only once: their lanes are let go of.
      const id = random.chance(0.5) ? random.below(5) : i;
      const job = newJob(random.below(10));
      const lane = model.get(id) ?? [];
      if (lane.push(job) === 1) ready.push(job);
      model.set(id, lane);
      idOf.set(job, id);
      lanes.enter(job, id);
    } else if (ready.length > 0 && random.chance(0.5)) {
      const job = lanes.take();
      expect(job).toBe(ready.shift());
      taken.push(job);
    } else if (taken.length > 0) {
      const [job] = taken.splice(random.below(taken.length), 1) as [Job];
      const lane = model.get(idOf.get(job) as number) as Job[];
      lane.shift();
      if (lane[0] !== undefined) ready.push(lane[0]);
      lanes.leave(job);
      lanes.leave(job);
    }
    if (lanes.ready !== ready.length || lanes.head !== ready[0]) throw new Error(`not as expected after step ${i}`);
  }
  expect(lanes.bytes).toBe(ready.reduce((sum, { bytes }) => sum + bytes, 0));
});

test('lanes of keys that do not come again are let go of', () => {
  const lanes = new Lanes(false);
  for (let id = 0; id < 100_000; id++) {
    lanes.enter(newJob(), id);
    lanes.leave(lanes.take());
  }
  expect(lanes.kept).toBeLessThan(2_000);
});

test('jobs that are apart are all ready at once, and stand before all others when they are ready again', () => {
  const lanes = new Lanes(true);
  const jobs = Array.from({ length: 4 }, () => newJob());
  for (const job of jobs) lanes.enter(job, undefined);
  const [first, second, third, fourth] = jobs as [Job, Job, Job, Job];
  expect([lanes.take(), lanes.take()]).toEqual([first, second]);
  lanes.first([first, second]);
  expect([lanes.take(), lanes.take(), lanes.take(), lanes.take()]).toEqual([first, second, third, fourth]);
});
