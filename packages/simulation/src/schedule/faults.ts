import type { Random } from './random.js';

/**
 * A fault of a simulation: `crash` kills a process between two steps, `stall` suspends it past its session, `produce` loses
 * records on their way to the log, `offsets` and `transaction` refuse a commit, `fence` gives the transactional id to another
 * producer, `disk` fails a write, or a read across a network, `load` fails to load what a serde needs, `slow` delays reads of changelogs,
 * `clock` sets the wall clock of a process or of the log forward or back.
 */
export type FaultKind =
  | 'crash'
  | 'stall'
  | 'produce'
  | 'offsets'
  | 'transaction'
  | 'fence'
  | 'disk'
  | 'load'
  | 'slow'
  | 'clock';

/** Every kind of fault. */
export const allFaults: readonly FaultKind[] = [
  'crash',
  'stall',
  'produce',
  'offsets',
  'transaction',
  'fence',
  'disk',
  'load',
  'slow',
  'clock',
];

/** Draws faults by the seed, up to a limit per run. */
export class Faults {
  /** The number of drawn faults of each kind. */
  readonly counts = new Map<FaultKind, number>();
  readonly #random: Random;
  readonly #kinds: ReadonlySet<FaultKind>;
  #left: number;

  constructor(random: Random, kinds: readonly FaultKind[], limit: number) {
    this.#random = random;
    this.#kinds = new Set(kinds);
    this.#left = limit;
  }

  /** Returns true when a fault strikes here, with the given probability. */
  draw(kind: FaultKind, odds: number): boolean {
    if (this.#left === 0 || !this.#kinds.has(kind) || !this.#random.chance(odds)) return false;
    this.#left--;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return true;
  }

  /** Ends all faults. */
  end(): void {
    this.#left = 0;
  }
}
