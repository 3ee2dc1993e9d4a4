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

/** Maximum length of the finished offsets, so that the metadata stays within 4,096 bytes. */
export const finishedLimit = 4_000;

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
