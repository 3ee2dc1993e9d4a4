import { decodeFinished, encodeFinished, type OffsetRange } from '../async/finished-offsets.js';

/**
 * The note that is committed with an offset: the partition's time, so that a restart goes on with the same clock, in at
 * most 64 bytes; then, after a space, what is finished beyond that offset, if anything.
 */
export interface Progress {
  /** The largest timestamp read from the partition before the offset, in ms; -1 for none. */
  readonly time: number;
  /** What is finished beyond the offset, in order. */
  readonly finished?: readonly OffsetRange[];
}

/** How many bytes of finished offsets fit beside the time, in a note of 4,096 bytes at most. */
export const finishedLimit = 4_000;

/** The note of an offset, as text. */
export const encodeProgress = ({ time, finished = [] }: Progress, offset: number): string => {
  const beyond = encodeFinished(offset, finished);
  return `t${time.toString(36)}${beyond === '' ? '' : ` f${beyond}`}`;
};

/** The progress of a note; anything that is not one reads as none. */
export const decodeProgress = (metadata: string | undefined, offset: number): Required<Progress> => {
  const match = /^t(-?[0-9a-z]{1,12})(?: f(\S+))?(?: |$)/.exec(metadata ?? '');
  if (match === null) return { time: -1, finished: [] };
  return { time: Number.parseInt(match[1] as string, 36), finished: decodeFinished(offset, match[2] ?? '') };
};
