import type { BucketObject } from '@kstreams/core/graph';
import { type Manifest, segmentKeys } from './manifest.js';
import type { Shard } from './shard.js';
import { offsetOf } from './shard-place.js';
import type { SnapshotFiles } from './snapshot-files.js';

/** The newest manifests that are kept at any age: one may be damaged. */
const kept = 2;

/** Garbage collection of one shard. */
export interface GarbageOptions {
  readonly files: SnapshotFiles;
  readonly shard: Pick<Shard, 'place' | 'manifests'>;
  /** The snapshot that was just written. */
  readonly newest: Manifest;
  /** The time for which objects are kept after their last use, in ms. */
  readonly grace: number;
  readonly signal: AbortSignal;
}

/**
 * Deletes the objects of a shard that no restore needs: manifests that newer ones replaced for longer than a grace, and
 * segments that no other manifest names and that are older than the grace. The grace is measured on the bucket's clock, from
 * the newest object. Returns the objects that the newest snapshot names but the bucket lacks.
 */
export const collectGarbage = async ({
  files,
  grace,
  newest,
  shard: { manifests: known, place },
  signal,
}: GarbageOptions): Promise<readonly string[]> => {
  const objects = await files.bucket.list(place.folder, signal);
  const now = Math.max(...objects.map(({ modified }) => modified));
  const isOld = (time: number): boolean => now - time > grace;
  const folder = place.manifests(newest.position.topicId);
  const manifests = objects.filter(({ key }) => key.startsWith(folder));
  const outdated = new Set(replaced(manifests, isOld));
  const named = new Set(segmentKeys(newest));
  for (const { key } of manifests) {
    if (outdated.has(key)) continue;
    const manifest = known.get(key) ?? (await files.readManifest(key, signal));
    if (manifest === undefined) continue;
    known.set(key, manifest);
    for (const segment of segmentKeys(manifest)) named.add(segment);
  }
  const garbage = objects.filter(({ key, modified }) =>
    key.startsWith(folder) ? outdated.has(key) : !named.has(key) && isOld(modified),
  );
  await files.bucket.delete(
    garbage.map(({ key }) => key),
    signal,
  );
  for (const key of outdated) known.delete(key);
  const found = new Set(objects.map(({ key }) => key));
  return segmentKeys(newest).filter((key) => !found.has(key));
};

/** Returns the keys of manifests that newer ones replaced long ago. */
const replaced = (manifests: readonly BucketObject[], isOld: (time: number) => boolean): readonly string[] => {
  const newestFirst = [...manifests].sort((a, b) => offsetOf(b.key) - offsetOf(a.key));
  let since = Number.POSITIVE_INFINITY;
  return newestFirst.flatMap(({ key, modified }, i) => {
    const isReplaced = i >= kept && isOld(since);
    since = Math.min(since, modified);
    return isReplaced ? [key] : [];
  });
};
