import { type Bytes, bytesToId, concatBytes, crc32c, fromUtf8, idToBytes, toUtf8 } from '@kstreams/core/graph';
import type { IdRange, Layer } from '../changes.js';
import type { Manifest } from '../manifest.js';
import { rowsOf, writeRow } from '../segment/block.js';
import { ByteWriter } from '../segment/byte-writer.js';
import { idAfter } from '../shard-place.js';

/** The last commit of a shard without a changelog, and its owner. */
export interface OwnerRecord extends Pick<Manifest, 'full' | 'deltas'> {
  /** Identifies the commit, so that no two records have the same bytes. */
  readonly tag: string;
  /** The number of commits and owners before. */
  readonly number: number;
  /** The changes that are in no segment. */
  readonly tail: Layer;
}

/** The text part of a record. */
interface Header extends Omit<OwnerRecord, 'tail'> {
  readonly cleared: readonly IdRange[];
}

/** The first word of a record, with the version of the format. */
const format = 'kstreams-owner-1';

/** Encodes a record: a line with the format, the checksum of the rest and the length of its JSON; the JSON; and rows of the tail. */
export const encodeOwner = ({ tail: { cleared, rows }, ...record }: OwnerRecord): Bytes => {
  const header: Header = { ...record, cleared };
  const json = toUtf8(JSON.stringify(header));
  const block = new ByteWriter(1_024);
  for (const [id, value] of rows) writeRow(block, [idToBytes(id), value]);
  const rest = concatBytes(json, block.take());
  return concatBytes(toUtf8(`${format} ${crc32c(rest).toString(16)} ${json.length}\n`), rest);
};

/** Decodes a record; returns undefined when it is damaged or of another version. */
export const decodeOwner = (bytes: Bytes): OwnerRecord | undefined => {
  const line = bytes.indexOf(0x0a);
  const [name, checksum, length] = idAfter(bytes.subarray(0, Math.max(0, line)), 0).split(' ');
  const rest = bytes.subarray(line + 1);
  if (name !== format || checksum !== crc32c(rest).toString(16)) return undefined;
  const { cleared, ...record }: Header = JSON.parse(fromUtf8(rest.subarray(0, Number(length))));
  const rows = rowsOf(rest.slice(Number(length))).map(([key, value]) => [bytesToId(key), value] as const);
  return { ...record, tail: { cleared, rows: new Map(rows) } };
};
