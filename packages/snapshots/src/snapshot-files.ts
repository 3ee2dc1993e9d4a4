import { type Bytes, noBytes, StorageError, type StoredPosition } from '@kstreams/core/graph';
import { decodeManifest, encodeManifest, type Manifest, type StoredSegment } from './manifest.js';
import type { RetryingBucket } from './retrying-bucket.js';
import type { SegmentRow } from './segment/block.js';
import { readSegment } from './segment/read-segment.js';
import { type SegmentSizes, writeSegments } from './segment/write-segments.js';
import type { ShardPlace } from './shard-place.js';

/** The manifests and segments of shards in a bucket. */
export class SnapshotFiles {
  readonly bucket: RetryingBucket;
  readonly #sizes: SegmentSizes;
  readonly #wrote: (bytes: number) => void;

  /** `wrote` receives the bytes of each object that was written. */
  constructor(bucket: RetryingBucket, sizes: SegmentSizes, wrote: (bytes: number) => void) {
    this.bucket = bucket;
    this.#sizes = sizes;
    this.#wrote = wrote;
  }

  /** Returns a manifest; undefined when it is missing or damaged. */
  async readManifest(key: string, signal: AbortSignal): Promise<Manifest | undefined> {
    const bytes = await this.bucket.get(key, signal);
    return bytes && decodeManifest(bytes);
  }

  /**
   * Writes the manifest of a snapshot. If there is one of the same position, its rows are the same: returns it instead. A
   * damaged one is replaced.
   */
  async writeManifest(place: ShardPlace, manifest: Manifest, signal: AbortSignal): Promise<Manifest> {
    const [key, bytes] = [place.manifest(manifest.position), encodeManifest(manifest)];
    if (!(await this.bucket.putNew(key, bytes, signal))) {
      const found = await this.readManifest(key, signal);
      if (found !== undefined && found.tag !== manifest.tag) return found;
      if (found === undefined) await this.bucket.put(key, bytes, signal);
    }
    this.#wrote(bytes.length);
    return manifest;
  }

  /** Writes rows as segments. The next one is prepared while one is sent. */
  async writeRows(
    place: ShardPlace,
    position: StoredPosition,
    rows: AsyncIterable<readonly SegmentRow[]>,
    signal: AbortSignal,
  ): Promise<readonly StoredSegment[]> {
    const written: StoredSegment[] = [];
    let sending = Promise.resolve();
    for await (const bytes of writeSegments(rows, this.#sizes)) {
      await sending;
      const key = place.segment(position);
      written.push({ key, size: bytes.length });
      sending = this.bucket.put(key, bytes, signal).then(() => this.#wrote(bytes.length));
      // A failure is thrown where the next segment waits for it.
      sending.catch(() => {});
    }
    await sending;
    return written;
  }

  /**
   * Returns the rows of a segment, some at a time.
   *
   * @throws StorageError that is `damaged` when the segment is missing or not as it was written.
   */
  async *readRows(
    { key, size }: StoredSegment,
    signal: AbortSignal,
  ): AsyncGenerator<readonly SegmentRow[], void, undefined> {
    const read = async (offset: number, length: number): Promise<Bytes> => {
      if (length === 0) return noBytes;
      const found = await this.bucket.get(key, signal, { offset, length });
      if (found === undefined) throw new Error('it is missing');
      return found;
    };
    try {
      yield* readSegment(read, size);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof StorageError) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new StorageError(`${this.bucket.name}: the segment ${key} is damaged: ${why}`, thrown, true);
    }
  }
}
