import { offsetMetadataLimit } from '@kstreams/core/graph';
import { decodeFinished, encodeFinished, type OffsetRange } from './finished-offsets.js';

/**
 * The metadata that is committed with an offset. As text: the partition time in at most 64 bytes, then, after a space,
 * the offsets that are finished beyond the committed one.
 */
export interface Progress {
  /** The largest timestamp read from the partition before the offset, in ms; -1 for none. */
  readonly time: number;
  /** Offsets that are finished beyond the committed one, in order. */
  readonly finished?: readonly OffsetRange[];
}

/** The bytes reserved for the partition time. */
const timeLength = 64;

/** The maximum length of the finished offsets, in bytes. */
export const finishedLimit = offsetMetadataLimit - timeLength;

/** Returns the metadata of an offset as text. */
export const encodeProgress = ({ time, finished = [] }: Progress, offset: number): string => {
  const beyond = encodeFinished(offset, finished);
  return `t${time.toString(36)}${beyond === '' ? '' : ` f${beyond}`}`;
};

/** Returns the progress in the metadata of an offset. Foreign metadata gives an empty progress. */
export const decodeProgress = (metadata: string | undefined, offset: number): Required<Progress> => {
  const match = /^t(-?[0-9a-z]{1,12})(?: f(\S+))?(?: |$)/.exec(metadata ?? '');
  if (match === null) return { time: -1, finished: [] };
  return { time: Number.parseInt(match[1] as string, 36), finished: decodeFinished(offset, match[2] ?? '') };
};
