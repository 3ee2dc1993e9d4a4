import { type Bytes, fromUtf8, toUtf8 } from '@kstreams/core/graph';

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
  toUtf8(JSON.stringify({ endpoint, running, opening }));

/** Decodes a row of {@link encodeInstanceRow}; returns undefined for other bytes. */
export const decodeInstanceRow = (bytes: Bytes): InstanceRow | undefined => {
  try {
    const row = JSON.parse(fromUtf8(bytes)) as InstanceRow;
    return typeof row.endpoint === 'string' && isIds(row.running) && isIds(row.opening) ? row : undefined;
  } catch {
    return undefined;
  }
};

const isIds = (given: unknown): boolean => Array.isArray(given) && given.every((id) => typeof id === 'string');
