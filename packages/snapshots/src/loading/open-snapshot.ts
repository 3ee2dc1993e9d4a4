import { type Bytes, bytesToId, Pending } from '@kstreams/core/graph';
import { covers, type IdRange } from '../changes.js';
import { type Manifest, type StoredSegment, sizeOf } from '../manifest.js';
import type { ScanRange } from '../open-scan.js';
import { type BlockEntry, findRow, type SegmentRow } from '../segment/block.js';
import { hashOf, mayHave } from '../segment/bloom-filter.js';
import type { SegmentIndex } from '../segment/footer.js';
import type { SnapshotFiles } from '../snapshot-files.js';
import type { BlockCache } from './block-cache.js';
import type { SortedLayer } from './merged-rows.js';

/** A segment with its index and its filter in memory. */
interface OpenSegment extends SegmentIndex {
  readonly stored: StoredSegment;
  /** The id of its first key. */
  readonly first: string;
}

/** The rows of a snapshot at one position, or the changes since an older one. */
interface Layer {
  readonly cleared: readonly IdRange[];
  /** In the order of their keys. */
  readonly segments: readonly OpenSegment[];
}

/** The block of a segment that has a key, if any has. */
interface Place {
  readonly segment: StoredSegment;
  readonly block: BlockEntry;
}

/** The smallest part of a read that a layer has. */
const leastShare = 1 / 16;

/** The parts of an open snapshot. */
export interface OpenSnapshotOptions {
  readonly files: SnapshotFiles;
  readonly manifest: Manifest;
  readonly blocks: BlockCache;
  /** Ends the opening. */
  readonly signal: AbortSignal;
  /** Ends later reads. */
  readonly reads: AbortSignal;
  /** True when the local store has all rows. */
  readonly isOver: () => boolean;
  /** Receives the error of a block that cannot be read. */
  readonly failed: (thrown: unknown) => void;
  /** An older snapshot of the shard: the segments that both have are not read again. */
  readonly before?: OpenSnapshot | undefined;
}

/** A snapshot in the bucket, of which the indexes and filters are in memory. */
export class OpenSnapshot {
  readonly #options: OpenSnapshotOptions;
  /** The newest first. */
  readonly #layers: readonly Layer[];

  private constructor(options: OpenSnapshotOptions, layers: readonly Layer[]) {
    this.#options = options;
    this.#layers = layers;
  }

  /**
   * Reads the indexes and filters of a snapshot.
   *
   * @throws StorageError that is `damaged` when a segment is missing or damaged.
   */
  static async open(options: OpenSnapshotOptions): Promise<OpenSnapshot> {
    const { before, files, manifest, signal } = options;
    const known = new Map(before?.segments.map((segment) => [segment.stored.key, segment]));
    const open = async (stored: StoredSegment): Promise<OpenSegment> =>
      known.get(stored.key) ?? { stored, first: stored.first, ...(await files.readIndex(stored, signal)) };
    const layers = [...manifest.deltas.toReversed(), { cleared: [], segments: manifest.full }];
    return new OpenSnapshot(
      options,
      await Promise.all(
        layers.map(async ({ cleared, segments }) => ({ cleared, segments: await Promise.all(segments.map(open)) })),
      ),
    );
  }

  /**
   * Returns the value of a key without its prefix; undefined where the snapshot has none.
   *
   * @throws Pending while blocks that may have it are read.
   */
  get(key: Bytes): Bytes | undefined {
    const places = this.#placesOf(key);
    for (const { block } of places) {
      const found = this.#options.blocks.get(block);
      if (found === undefined) throw new Pending(this.#load(places));
      const row = findRow(found, key);
      if (row !== 'none') return row;
    }
    return undefined;
  }

  /** Reads the blocks that may have a key. Returns undefined when they are in memory. */
  prefetch(key: Bytes): Promise<void> | undefined {
    const missing = this.#placesOf(key).filter(({ block }) => !this.#options.blocks.has(block));
    return missing.length === 0 ? undefined : this.#load(missing);
  }

  /** All segments. */
  get segments(): readonly OpenSegment[] {
    return this.#layers.flatMap(({ segments }) => segments);
  }

  /** The bytes of all rows, without compression. */
  get bytes(): number {
    return this.segments.reduce((sum, { blocks }) => blocks.reduce((all, { plain }) => all + plain, sum), 0);
  }

  /** Returns the rows of a range, the newest layer first. */
  layers(range: ScanRange): readonly SortedLayer[] {
    const sizes = this.#layers.map(({ segments }) => sizeOf(segments.map(({ stored }) => stored)));
    const sum = sizes.reduce((all, size) => all + size, 1);
    return this.#layers.map(({ cleared, segments }, i) => {
      // Layers share the memory for what is read ahead.
      const share = Math.max(leastShare, (sizes[i] as number) / sum);
      return { cleared, rows: this.#rowsOf(segments, range, share) };
    });
  }

  async *#rowsOf(
    segments: readonly OpenSegment[],
    { from = '', reverse = false, to }: ScanRange,
    share: number,
  ): AsyncGenerator<readonly SegmentRow[], void, undefined> {
    const { files, reads } = this.#options;
    const isIn = ([key]: SegmentRow): boolean => {
      const id = bytesToId(key);
      return id >= from && (to === undefined || id < to);
    };
    for (const { blocks, stored } of reverse ? segments.toReversed() : segments) {
      if (stored.last < from || (to !== undefined && stored.first >= to)) continue;
      const start = Math.max(0, lastAtMost(blocks, from));
      const end = to === undefined ? blocks.length : lastAtMost(blocks, to) + 1;
      const options = { range: files.sizes.range * share, reverse };
      for await (const rows of files.readBlocks(stored, blocks.slice(start, end), reads, options)) {
        const isWhole = [rows[0], rows.at(-1)].every((row) => row === undefined || isIn(row));
        yield isWhole ? rows : rows.filter(isIn);
      }
    }
  }

  /** Returns the blocks that may have a key, the newest first. */
  #placesOf(key: Bytes): readonly Place[] {
    const [id, hash] = [bytesToId(key), hashOf(key)];
    const places: Place[] = [];
    for (const { cleared, segments } of this.#layers) {
      const segment = segments[lastAtMost(segments, id)];
      if (segment !== undefined && id <= segment.stored.last && mayHave(segment.filter, hash)) {
        places.push({ segment: segment.stored, block: segment.blocks[lastAtMost(segment.blocks, id)] as BlockEntry });
      }
      if (covers(cleared, id)) break;
    }
    return places;
  }

  async #load(places: readonly Place[]): Promise<void> {
    const { blocks, failed, files, isOver, reads } = this.#options;
    const load = async ({ block, segment }: Place): Promise<void> => {
      await blocks.load(block, () => files.readBlock(segment, block, reads));
    };
    try {
      await Promise.all(places.map(load));
    } catch (thrown) {
      // The row is in the local store by now.
      if (isOver()) return;
      failed(thrown);
      throw thrown;
    }
  }
}

/** Returns the index of the last item, in order, that begins at an id or before it; -1 if none does. */
const lastAtMost = (items: readonly { readonly first: string }[], id: string): number => {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((items[middle] as { readonly first: string }).first <= id) from = middle + 1;
    else to = middle;
  }
  return from - 1;
};
