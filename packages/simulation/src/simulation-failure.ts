import { StreamsError } from '@kstreams/core/graph';

/** The number of steps that a message shows. */
const shownSteps = 60;

/** A guarantee that a seed broke, with the schedule that led to it. The same seed reproduces it. */
export class SimulationFailure extends StreamsError {
  readonly seed: number;
  /** Every step, as `<virtual time in ms> <actor>: <step>`. */
  readonly schedule: readonly string[];

  constructor(seed: number, hash: string, what: string, schedule: readonly string[], cause?: unknown) {
    const end = schedule.slice(-shownSteps).map((line) => `  ${line}`);
    const left = schedule.length > shownSteps ? [`  … ${schedule.length - shownSteps} earlier steps`] : [];
    super(
      'KSTREAMS_SIMULATION',
      [`seed ${seed} (schedule ${hash}): ${what}`, ...left, ...end, `seed ${seed}: ${what}`].join('\n'),
      {},
      cause,
    );
    this.seed = seed;
    this.schedule = schedule;
  }
}
