import type { Database } from '../database.js';
import { fromJson } from './json.js';
import { type PartitionKey, rowKey } from './keys.js';

/** What a partition knows of itself, in a row of its own. */
export interface PartitionState {
  /** The offset before which all is deleted. */
  readonly start: number;
  /** The offset before which no key is there twice: compaction goes on from here. */
  readonly cleaned: number;
  /** How many records the last compaction left. */
  readonly kept: number;
  /** When the first of its tombstones may be dropped; 0 without any that wait. */
  readonly horizon: number;
}

/** The state of a partition as the database has it. */
export const readState = async (database: Database, partition: PartitionKey): Promise<PartitionState> => {
  const row = await database.get(rowKey('state', partition, 0));
  return row === undefined
    ? { start: 0, cleaned: 0, kept: 0, horizon: 0 }
    : fromJson<PartitionState>(row, 'start', 'cleaned', 'kept', 'horizon');
};
