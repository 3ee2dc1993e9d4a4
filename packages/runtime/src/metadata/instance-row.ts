import { type Bytes, fromUtf8, toUtf8 } from '@kstreams/core/graph';
import { decodeTaskRanges, encodeTaskRanges } from './task-ranges.js';

/** The tasks of a process, by their ids. */
export interface HeldTasks {
  /** The running tasks. */
  readonly running: readonly string[];
  /** The opening tasks; their stores may be restoring. */
  readonly opening: readonly string[];
}

/** The row that a process publishes. */
export interface InstanceRow extends HeldTasks {
  /** Its `endpoint` option. */
  readonly endpoint: string;
}

/** Encodes a row for the log. */
export const encodeInstanceRow = ({ endpoint, running, opening }: InstanceRow): Bytes =>
  toUtf8(JSON.stringify({ endpoint, running: encodeTaskRanges(running), opening: encodeTaskRanges(opening) }));

/** Decodes a row of {@link encodeInstanceRow}; returns undefined for other bytes. */
export const decodeInstanceRow = (bytes: Bytes): InstanceRow | undefined => {
  try {
    const { endpoint, ...tasks } = JSON.parse(fromUtf8(bytes));
    const [running, opening] = [decodeTaskRanges(tasks.running), decodeTaskRanges(tasks.opening)];
    if (typeof endpoint !== 'string' || running === undefined || opening === undefined) return undefined;
    return { endpoint, running, opening };
  } catch {
    // The row is of no process that runs this version.
    return undefined;
  }
};
