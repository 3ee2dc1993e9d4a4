import { type Bytes, type Clock, StorageError, type StoredPosition } from '@kstreams/core/graph';
import { decodeManifest, encodeManifest, type Manifest, type StoredSegment } from './manifest.js';
import type { RetryingBucket } from './retrying-bucket.js';
import { type BlockEntry, inflate, type SegmentRow } from './segment/block.js';
import { BlockCompressor } from './segment/block-compressor.js';
import type { SegmentIndex } from './segment/footer.js';
import { type ReadRange, readBlocks, readIndex } from './segment/read-segment.js';
import { type SegmentSizes, writeSegments } from './segment/write-segments.js';
import type { ShardPlace } from './shard-place.js';

/** The manifests and segments of shards in a bucket. */
export class SnapshotFiles {
  readonly bucket: RetryingBucket;
  readonly sizes: SegmentSizes;
  readonly clock: Clock;
  readonly #compressor = new BlockCompressor();
  readonly #wrote: (bytes: number) => void;

  /** `wrote` receives the bytes of each object that was written. */
  constructor(bucket: RetryingBucket, sizes: SegmentSizes, clock: Clock, wrote: (bytes: number) => void) {
    this.bucket = bucket;
    this.sizes = sizes;
    this.clock = clock;
    this.#wrote = wrote;
  }

  /** Ends the thread that compresses segments. */
  close(): Promise<void> {
    return this.#compressor.close();
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

  /** Writes an object in place of a version. Returns the new version; undefined when there is another one. */
  async replace(
    key: string,
    bytes: Bytes,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const next = await this.bucket.replace(key, bytes, version, signal);
    if (next !== undefined) this.#wrote(bytes.length);
    return next;
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
    const { clock, sizes } = this;
    const segments = writeSegments(rows, { clock, compressor: this.#compressor, sizes });
    for await (const { bytes, ...segment } of segments) {
      await sending;
      const key = place.segment(position);
      written.push({ key, size: bytes.length, ...segment });
      sending = this.bucket.put(key, bytes, signal).then(() => this.#wrote(bytes.length));
      // A failure is thrown where the next segment waits for it.
      sending.catch(() => {});
    }
    await sending;
    return written;
  }

  /**
   * Reads the index and the filter of a segment.
   *
   * @throws StorageError that is `damaged` when the segment is missing or not as it was written.
   */
  readIndex(segment: StoredSegment, signal: AbortSignal): Promise<SegmentIndex> {
    const read = this.#reader(segment, signal);
    return this.#undamaged(segment, signal, () => readIndex(read, segment.size, segment.tail));
  }

  /** Reads a block of a segment. Throws as `readIndex` does. */
  readBlock(segment: StoredSegment, block: BlockEntry, signal: AbortSignal): Promise<Bytes> {
    const read = this.#reader(segment, signal);
    return this.#undamaged(segment, signal, async () => inflate(await read(block.offset, block.length), block));
  }

  /** Returns the rows of blocks of a segment, some at a time. Throws as `readIndex` does. */
  async *readBlocks(
    segment: StoredSegment,
    blocks: readonly BlockEntry[],
    signal: AbortSignal,
    { range = this.sizes.range, reverse = false } = {},
  ): AsyncGenerator<readonly SegmentRow[], void, undefined> {
    const rows = readBlocks(this.#reader(segment, signal), blocks, range, reverse);
    for (;;) {
      const next = await this.#undamaged(segment, signal, () => rows.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  /** Returns the rows of a segment, some at a time. Throws as `readIndex` does. */
  async *readRows(segment: StoredSegment, signal: AbortSignal): AsyncGenerator<readonly SegmentRow[], void, undefined> {
    const { blocks } = await this.readIndex(segment, signal);
    yield* this.readBlocks(segment, blocks, signal);
  }

  #reader({ key }: StoredSegment, signal: AbortSignal): ReadRange {
    return async (offset, length) => {
      const found = await this.bucket.get(key, signal, { offset, length });
      if (found === undefined) throw new Error('it is missing');
      return found;
    };
  }

  async #undamaged<T>({ key }: StoredSegment, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof StorageError) throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new StorageError(`${this.bucket.name}: the segment ${key} is damaged: ${why}`, thrown, true);
    }
  }
}
