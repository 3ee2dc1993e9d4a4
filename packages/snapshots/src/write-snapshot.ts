import { bytesToId, type StoredPosition } from '@kstreams/core/graph';
import { Changes, type Layer, type SortedChanges } from './changes.js';
import { type Delta, type Manifest, sizeOf } from './manifest.js';
import type { SegmentRow } from './segment/block.js';
import type { ShardPlace } from './shard-place.js';
import type { SnapshotFiles } from './snapshot-files.js';
import { sortedRows } from './sorted-rows.js';

/**
 * The size of deltas together, as a share of the rows below them, from which on all rows are written. A changed row is written
 * twice on average then, and the bucket has twice the rows at most.
 */
const greatestShare = 1;

/** The number of deltas from which on the newest are merged, and the size of those that are, in bytes. */
const mostDeltas = 16;
const mergedBytes = 8 * 1_024 ** 2;

/** The rows to write: all of them, or those that changed since an earlier snapshot. */
export type SnapshotRows =
  | { readonly kind: 'full'; readonly rows: AsyncIterable<readonly SegmentRow[]> }
  | { readonly kind: 'delta'; readonly changes: Layer | SortedChanges; readonly on: Manifest };

/** True when all rows cost less than another delta, since the deltas of a snapshot are large. */
export const needsAllRows = ({ full, deltas }: Pick<Manifest, 'full' | 'deltas'>): boolean =>
  sizeOf(deltas.flatMap(({ segments }) => segments)) > greatestShare * sizeOf(full);

/** Writes the segments of a snapshot, and its manifest. Returns the manifest of that position, which may be another's. */
export const writeSnapshot = async (
  files: SnapshotFiles,
  place: ShardPlace,
  position: StoredPosition,
  rows: SnapshotRows,
  signal: AbortSignal,
): Promise<Manifest> => {
  const chain =
    rows.kind === 'full'
      ? { full: await files.writeRows(place, position, rows.rows, signal), deltas: [] }
      : { full: rows.on.full, deltas: await writeDelta(files, place, position, rows, signal) };
  return files.writeManifest(place, { tag: crypto.randomUUID(), position, ...chain }, signal);
};

/** Writes changes, together with those of the newest deltas if there are many small ones. Returns all deltas. */
export const writeDelta = async (
  files: SnapshotFiles,
  place: ShardPlace,
  position: StoredPosition,
  { changes, on: { deltas } }: { readonly changes: Layer | SortedChanges; readonly on: Pick<Manifest, 'deltas'> },
  signal: AbortSignal,
): Promise<readonly Delta[]> => {
  if ('sorted' in changes) {
    const { cleared, sorted } = changes;
    return [...deltas, { cleared, segments: await files.writeRows(place, position, sorted, signal) }];
  }
  const from = firstMerged(deltas);
  const merged = new Changes();
  for (const delta of deltas.slice(from)) await readInto(merged, delta, files, signal);
  if (from < deltas.length) merged.add(changes);
  const { cleared, rows } = from < deltas.length ? merged.combined() : changes;
  const segments = await files.writeRows(place, position, sortedRows(rows, files.clock), signal);
  return [...deltas.slice(0, from), { cleared, segments }];
};

/** Returns the index of the first delta to merge; their number if none is. */
const firstMerged = (deltas: readonly Delta[]): number => {
  let [from, bytes] = [deltas.length, 0];
  for (; from > 0; from--) {
    bytes += sizeOf((deltas[from - 1] as Delta).segments);
    if (bytes > mergedBytes) break;
  }
  return deltas.length - from < mostDeltas ? deltas.length : from;
};

const readInto = async (changes: Changes, delta: Delta, files: SnapshotFiles, signal: AbortSignal): Promise<void> => {
  for (const range of delta.cleared) changes.clear(range);
  for (const segment of delta.segments) {
    for await (const rows of files.readRows(segment, signal)) {
      for (const [key, value] of rows) changes.put(bytesToId(key), value);
    }
  }
};
