/**
 * The note that is committed with an offset: the partition's time, so that a restart goes on with the same clock. At most
 * 64 bytes; what follows the first space is left for others.
 */
export interface Progress {
  /** The largest timestamp read from the partition, in ms; -1 for none. */
  readonly time: number;
}

/** The note as text. */
export const encodeProgress = ({ time }: Progress): string => `t${time.toString(36)}`;

/** The progress of a note; anything that is not one reads as none. */
export const decodeProgress = (metadata: string | undefined): Progress => {
  const match = /^t(-?[0-9a-z]{1,12})(?: |$)/.exec(metadata ?? '');
  return { time: match === null ? -1 : Number.parseInt(match[1] as string, 36) };
};
