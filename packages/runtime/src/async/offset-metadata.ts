import { offsetMetadataLimit } from '@kstreams/core/graph';
import { decodeFinished, encodeFinished, type OffsetRange } from './finished-offsets.js';

/**
 * The metadata that is committed with an offset. As text, separated by spaces: the partition time in at most 64 bytes, the
 * offsets that are finished beyond the committed one, and the lineage.
 */
export interface Progress {
  /** The largest timestamp read from the partition before the offset, in ms; -1 for none. */
  readonly time: number;
  /** Offsets that are finished beyond the committed one, in order. */
  readonly finished?: readonly OffsetRange[];
  readonly lineage?: Lineage;
}

/** The topics that an offset and the state beside it belong to, by short hashes. Missing parts are unknown. */
export interface Lineage {
  /** The id of the source topic. */
  readonly topicId?: string | undefined;
  /** The partition count of the topic when the group began to read the partition. */
  readonly partitions?: number | undefined;
  /** The ids of changelogs, by store. */
  readonly changelogs?: ReadonlyMap<string, string>;
}

/** The bytes reserved for the partition time and the lineage. */
const reserved = 800;

/** The number of changelogs in a lineage; more than any task has. */
const changelogLimit = 80;

/** The maximum length of the finished offsets, in bytes. */
export const finishedLimit = offsetMetadataLimit - reserved;

/** Returns the metadata of an offset as text. */
export const encodeProgress = ({ time, finished = [], lineage = {} }: Progress, offset: number): string => {
  const beyond = encodeFinished(offset, finished);
  const { changelogs = new Map<string, string>(), partitions, topicId } = lineage;
  const ids = [...changelogs].slice(0, changelogLimit).flat().join('');
  const parts = [
    `t${time.toString(36)}`,
    beyond === '' ? '' : `f${beyond}`,
    topicId === undefined ? '' : `i${topicId}`,
    partitions === undefined ? '' : `n${partitions}`,
    ids === '' ? '' : `s${ids}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
};

/** Returns the progress in the metadata of an offset. Foreign metadata gives an empty progress. */
export const decodeProgress = (metadata: string | undefined, offset: number): Required<Progress> => {
  const match = pattern.exec(metadata ?? '');
  if (match === null) return { time: -1, finished: [], lineage: {} };
  const [, time = '', finished = '', topicId, partitions, ids = ''] = match;
  const changelogs = new Map(
    [...ids.matchAll(/(.{4})(.{4})/g)].map(([, store = '', id = '']): [string, string] => [store, id]),
  );
  return {
    time: Number.parseInt(time, 36),
    finished: decodeFinished(offset, finished),
    lineage: { topicId, partitions: partitions === undefined ? undefined : Number(partitions), changelogs },
  };
};

const pattern = /^t(-?[0-9a-z]{1,12})(?: f(\S+))?(?: i(\S{4}))?(?: n(\d{1,9}))?(?: s((?:\S{8})+))?(?: |$)/;
