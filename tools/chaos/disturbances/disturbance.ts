import type { Random } from '@kstreams/simulation';
import type { Transport } from 'kstreams';
import type { Member } from '../members.js';
import type { Traffic } from '../traffic.js';

/** One event that processes or brokers must survive. */
export interface Disturbance {
  /** The name in messages. */
  readonly name: string;
  /** The time without progress that it may cause, in ms, on top of the usual patience; 0 by default. */
  readonly standstill?: number;
  /** Runs the disturbance; resolves when it is over. */
  readonly run: (target: Target) => Promise<void> | void;
}

/** Everything that a disturbance can reach. */
export interface Target {
  readonly members: readonly Member[];
  readonly traffic: Traffic;
  readonly log: Transport;
  /** `host:port` of the broker. */
  readonly brokers: string;
  readonly random: Random;
}

/** Returns `count` times the same disturbance. */
export const times = (count: number, disturbance: Disturbance): readonly Disturbance[] =>
  Array.from({ length: count }, () => disturbance);
