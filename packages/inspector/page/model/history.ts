import type { Rates } from './rates.js';

/** The number of points that are kept: two minutes of one per second. */
const kept = 120;

/** The rates of the last two minutes. */
export interface History {
  /** The instants, in ms, ascending. */
  readonly instants: readonly number[];
  readonly rates: readonly Rates[];
}

/** A history without points. */
export const noHistory: History = { instants: [], rates: [] };

/** Returns a history with one more point. */
export const extended = ({ instants, rates }: History, instant: number, next: Rates): History => ({
  instants: [...instants, instant].slice(-kept),
  rates: [...rates, next].slice(-kept),
});
