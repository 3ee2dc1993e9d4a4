import type { Random } from './random.js';

/**
 * What goes wrong in a simulation: a process dies between two steps; it stands still past its session; records do not
 * reach the log; offsets or a transaction are refused; another producer takes the transactional id; rows are not written;
 * changelogs are slow.
 */
export type FaultKind = 'crash' | 'stall' | 'produce' | 'offsets' | 'transaction' | 'fence' | 'disk' | 'slow';

/** All that can go wrong. */
export const allFaults: readonly FaultKind[] = [
  'crash',
  'stall',
  'produce',
  'offsets',
  'transaction',
  'fence',
  'disk',
  'slow',
];

/** Chooses what goes wrong and when, so many times at most in one run. */
export class Faults {
  /** How often each has happened. */
  readonly counts = new Map<FaultKind, number>();
  readonly #random: Random;
  readonly #kinds: ReadonlySet<FaultKind>;
  #left: number;

  constructor(random: Random, kinds: readonly FaultKind[], limit: number) {
    this.#random = random;
    this.#kinds = new Set(kinds);
    this.#left = limit;
  }

  /** True when it goes wrong here, which it does this often. */
  draw(kind: FaultKind, odds: number): boolean {
    if (this.#left === 0 || !this.#kinds.has(kind) || !this.#random.chance(odds)) return false;
    this.#left--;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return true;
  }

  /** From now on nothing goes wrong. */
  end(): void {
    this.#left = 0;
  }
}
