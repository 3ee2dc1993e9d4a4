import { type TaskPlace, taskIdOf } from '../../task/task-options.js';
import type { SlotLayout } from './slot-layout.js';

/** The metadata that a worker commits for a slot. */
export interface SlotRow {
  /** The worker that wrote it last. */
  readonly owner: string;
  /** The stateful task of the slot, if it has one. */
  readonly task: TaskPlace | undefined;
}

/** Encodes a row as the metadata of an offset. */
export const encodeSlotRow = ({ version }: SlotLayout, { owner, task }: SlotRow): string =>
  `${version} ${task === undefined ? '-' : taskIdOf(task)} ${owner}`;

/** Returns the row of a slot: its metadata if that is of this layout, else the task that is there at first, without an owner. */
export const decodeSlotRow = (
  { stateful, version }: SlotLayout,
  slot: number,
  metadata: string | undefined,
  taskOf: (id: string) => TaskPlace | undefined,
): SlotRow => {
  const [written, id = '', ...owner] = (metadata ?? '').split(' ');
  if (written !== version) return { owner: '', task: stateful[slot] };
  return { owner: owner.join(' '), task: taskOf(id) };
};
