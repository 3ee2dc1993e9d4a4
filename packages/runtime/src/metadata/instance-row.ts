import { type Bytes, fromUtf8, toUtf8 } from '@kstreams/core/graph';

/** The tasks of a process, by their ids. */
export interface HeldTasks {
  /** Those that run. */
  readonly running: readonly string[];
  /** Those that are being opened: their stores may still be restoring. */
  readonly opening: readonly string[];
}

/** What a process tells the others of itself. */
export interface InstanceRow extends HeldTasks {
  /** How it is reached, in the words of its user. */
  readonly endpoint: string;
}

/** A row as it is written to the log. */
export const encodeInstanceRow = ({ endpoint, running, opening }: InstanceRow): Bytes =>
  toUtf8(JSON.stringify({ endpoint, running, opening }));

/** The row of bytes that {@link encodeInstanceRow} made; undefined for others. */
export const decodeInstanceRow = (bytes: Bytes): InstanceRow | undefined => {
  try {
    const row = JSON.parse(fromUtf8(bytes)) as InstanceRow;
    return typeof row.endpoint === 'string' && isIds(row.running) && isIds(row.opening) ? row : undefined;
  } catch {
    return undefined;
  }
};

const isIds = (given: unknown): boolean => Array.isArray(given) && given.every((id) => typeof id === 'string');
