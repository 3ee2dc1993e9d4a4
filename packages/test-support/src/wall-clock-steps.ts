/** Random writes to a log, polls as time passes, and restarts of a task that reads it. */
import fc from 'fast-check';
import type { InputRecord, RestartableTask } from './restartable-task.js';

/** One step; `after` is the time that passes before a poll, in ms. */
export type WallClockStep<W> =
  | ({ readonly kind: 'write' } & W)
  | { readonly kind: 'poll'; readonly max: number; readonly after: number }
  | { readonly kind: 'restart' };

/** Returns up to 40 steps; at most `longest` ms pass before a poll. */
export const wallClockSteps = <W extends object>(
  write: fc.Arbitrary<W>,
  longest: number,
): fc.Arbitrary<WallClockStep<W>[]> =>
  fc.array(
    fc.oneof(
      { weight: 5, arbitrary: write.map((one) => ({ kind: 'write' as const, ...one })) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('poll' as const),
          max: fc.nat({ max: 4 }),
          after: fc.nat({ max: longest }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
    ),
    { maxLength: 40, size: 'max' },
  );

/** Takes a step with a task. `recordOf` returns the record of a write. */
export const takeStep = async <W extends object>(
  task: RestartableTask,
  step: WallClockStep<W>,
  recordOf: (write: W) => InputRecord,
): Promise<void> => {
  if (step.kind === 'write') task.write(recordOf(step));
  else if (step.kind === 'restart') await task.restart();
  else {
    task.now += step.after;
    await task.poll(step.max);
  }
};
