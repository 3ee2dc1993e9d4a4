import { StreamsError } from '@kstreams/core/graph';

/** How much of a schedule a message shows. */
const shown = 60;

/** A law that a seed broke, with the schedule that led there. The same seed leads there again. */
export class SimulationFailure extends StreamsError {
  readonly seed: number;
  /** Every step: virtual time in ms, who, what. */
  readonly schedule: readonly string[];

  constructor(seed: number, hash: string, what: string, schedule: readonly string[], cause?: unknown) {
    const end = schedule.slice(-shown).map((line) => `  ${line}`);
    const left = schedule.length > shown ? [`  … ${schedule.length - shown} steps before`] : [];
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
