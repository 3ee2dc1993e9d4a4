import { type Bytes, bytesToId, concatBytes, type Write } from '@kstreams/core/graph';
import { covers, type IdRange } from '../changes.js';
import type { CommitGate } from '../commit-gate.js';
import { openScan } from '../open-scan.js';
import { deletedPrefix } from './load-marker.js';
import { type MergedRow, mergedRows } from './merged-rows.js';
import type { Overlay } from './overlay.js';

/** Writes all rows of a snapshot to the local store in the order of their keys, some at a time between commits. */
export const fill = async (overlay: Overlay, gate: CommitGate, size: number): Promise<void> => {
  const { signal } = overlay.stop;
  const layers = overlay.snapshot.layers({ from: overlay.marker.filled });
  for await (const rows of mergedRows(layers, size)) {
    await gate.exclusive(async () => {
      signal.throwIfAborted();
      await write(overlay, rows);
    });
  }
  await gate.exclusive(async () => {
    signal.throwIfAborted();
    await overlay.finish();
  });
};

const write = async (overlay: Overlay, rows: readonly MergedRow[]): Promise<void> => {
  const { marker, place } = overlay;
  const range = [(rows[0] as MergedRow).id, `${(rows.at(-1) as MergedRow).id}\0`] as const;
  const newer = await idsIn(overlay, place.prefix, range);
  const gone = await idsIn(overlay, deletedPrefix(place), range);
  const missing = rows.filter(({ id }) => !newer.has(id) && !gone.has(id) && !covers(marker.cleared, id));
  const writes = missing.map(({ key, value }): Write => [concatBytes(place.prefix, key), value.slice()]);
  await overlay.move({ ...marker, filled: range[1] }, writes);
};

const idsIn = async ({ local }: Overlay, prefix: Bytes, [from, to]: IdRange): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for await (const rows of await openScan(local, prefix, { from, to })) {
    for (const [own] of rows) ids.add(bytesToId(own));
  }
  return ids;
};
