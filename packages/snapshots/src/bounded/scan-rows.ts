import { type ByteStore, type Bytes, bytesToId, concatBytes, type ScanOptions } from '@kstreams/core/graph';
import type { IdRange } from '../changes.js';
import type { CommitGate } from '../commit-gate.js';
import { segmentRows } from '../loading/merged-rows.js';
import type { Overlay } from '../loading/overlay.js';
import type { Overlays } from '../loading/overlays.js';
import { openScan } from '../open-scan.js';
import type { SegmentRow } from '../segment/block.js';

/** The parts of a store that its scans read. */
export interface ScannedRows {
  readonly local: ByteStore;
  readonly overlays: Overlays;
  readonly gate: CommitGate;
}

/** A part of a range: of one shard with an overlay, or of rows that are all local. */
interface Part {
  readonly range: IdRange;
  readonly overlay: Overlay | undefined;
}

/** The rows of a part, with the prefix that their keys lack. */
interface OpenPart extends Part {
  readonly prefix: Bytes;
  readonly rows: AsyncIterable<readonly SegmentRow[]>;
}

/**
 * Returns the rows of a range, those of snapshots merged with local ones, as they are when the first is read. Several shards are
 * read one after the other, each as it is then.
 */
export async function* scanRows(
  { gate, local, overlays }: ScannedRows,
  from: Bytes,
  to: Bytes,
  { reverse = false }: ScanOptions = {},
): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
  for (let rest: IdRange = [bytesToId(from), bytesToId(to)]; rest[0] < rest[1]; ) {
    const [start, end]: IdRange = rest;
    const part: OpenPart = await gate.exclusive(() => open(local, nextPart(overlays.all, rest, reverse), reverse));
    const { overlay, prefix, rows } = part;
    const manifest = overlay?.manifest;
    try {
      for await (const some of rows) {
        for (const [key, value] of some) yield [concatBytes(prefix, key), (value as Bytes).slice()];
      }
    } catch (thrown) {
      // Another snapshot may have taken its place.
      if (overlay !== undefined && overlay.manifest === manifest) overlays.failed(overlay, thrown);
      throw thrown;
    }
    rest = reverse ? [start, part.range[0]] : [part.range[1], end];
  }
}

/** Returns the first part of a range, or the last one. */
const nextPart = (all: readonly Overlay[], [from, to]: IdRange, reverse: boolean): Part => {
  const parts = all
    .map((overlay): Part => {
      const [first, last] = overlay.place.range.map(bytesToId) as [string, string];
      return { overlay, range: [first > from ? first : from, last < to ? last : to] };
    })
    .filter(({ range }) => range[0] < range[1]);
  const sign = reverse ? -1 : 1;
  const [next] = parts.sort((a, b) => (a.range[0] < b.range[0] ? -sign : sign));
  if (next === undefined) return { overlay: undefined, range: [from, to] };
  const [start, end] = next.range;
  if (reverse) return end < to ? { overlay: undefined, range: [end, to] } : next;
  return start > from ? { overlay: undefined, range: [from, start] } : next;
};

const open = async (local: ByteStore, { overlay, range }: Part, reverse: boolean): Promise<OpenPart> => {
  const [from, to] = range;
  if (overlay === undefined) {
    const prefix: Bytes = new Uint8Array();
    return { overlay, range, prefix, rows: await openScan(local, prefix, { from, to, reverse }) };
  }
  const { prefix, range: whole } = overlay.place;
  const end = to === bytesToId(whole[1]) ? undefined : to.slice(prefix.length);
  const rows = await overlay.rows({ from: from.slice(prefix.length), to: end, reverse });
  return { overlay, range, prefix, rows: segmentRows(rows) };
};
