import { type ByteStore, concatBytes, encodePosition, idToBytes, type Write } from '@kstreams/core/graph';
import type { IdRange } from './changes.js';
import type { Manifest, StoredSegment } from './manifest.js';
import type { ShardPlace } from './shard-place.js';
import type { SnapshotFiles } from './snapshot-files.js';

/**
 * Writes the rows of a snapshot to a local store that has none of its shard, and their position last. Returns the number of
 * rows that were written.
 *
 * @throws StorageError that is `damaged` when a segment is missing or damaged; some rows may be written then.
 */
export const loadSnapshot = async (
  files: SnapshotFiles,
  place: ShardPlace,
  manifest: Manifest,
  local: ByteStore,
  signal: AbortSignal,
): Promise<number> => {
  let written = 0;
  const load = async (segments: readonly StoredSegment[]): Promise<void> => {
    for (const segment of segments) {
      for await (const rows of files.readRows(segment, signal)) {
        signal.throwIfAborted();
        await local.commit(rows.map(([key, value]): Write => [concatBytes(place.prefix, key), value?.slice()]));
        written += rows.length;
      }
    }
  };
  await load(manifest.full);
  for (const { cleared, segments } of manifest.deltas) {
    for (const [from, to] of cleared) await local.clear(inPlace(place, from), inPlace(place, to));
    await load(segments);
  }
  signal.throwIfAborted();
  await local.commit([[place.positionKey, encodePosition(manifest.position)]]);
  return written;
};

const inPlace = ({ prefix }: ShardPlace, id: IdRange[0]): Uint8Array => concatBytes(prefix, idToBytes(id));
