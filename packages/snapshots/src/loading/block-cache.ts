import type { Bytes } from '@kstreams/core/graph';
import type { BlockEntry } from '../segment/block.js';

/** The number of blocks that are read at the same time. */
const concurrency = 32;

/** Decompressed blocks of open snapshots. The ones used longest ago leave it first. */
export class BlockCache {
  readonly #memory: number;
  readonly #blocks = new Map<BlockEntry, Bytes>();
  readonly #reading = new Map<BlockEntry, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #bytes = 0;
  #running = 0;

  /** `memory` is in bytes; the last block that was read is kept at any size. */
  constructor(memory: number) {
    this.#memory = memory;
  }

  /** Returns a block; undefined when it is not in memory. */
  get(entry: BlockEntry): Bytes | undefined {
    const block = this.#blocks.get(entry);
    if (block === undefined) return undefined;
    this.#blocks.delete(entry);
    this.#blocks.set(entry, block);
    return block;
  }

  /** True when a block is in memory. */
  has(entry: BlockEntry): boolean {
    return this.#blocks.has(entry);
  }

  /** Reads a block into memory unless it is there, at most once at a time. */
  async load(entry: BlockEntry, read: () => Promise<Bytes>): Promise<void> {
    if (this.#blocks.has(entry)) return;
    let reading = this.#reading.get(entry);
    if (reading === undefined) {
      reading = this.#load(entry, read).finally(() => this.#reading.delete(entry));
      this.#reading.set(entry, reading);
    }
    await reading;
  }

  /** Releases all blocks. */
  clear(): void {
    this.#blocks.clear();
    this.#bytes = 0;
  }

  async #load(entry: BlockEntry, read: () => Promise<Bytes>): Promise<void> {
    while (this.#running >= concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      const block = await read();
      this.#blocks.set(entry, block);
      this.#bytes += block.length;
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
    for (const [oldest, { length }] of this.#blocks) {
      if (this.#bytes <= this.#memory || oldest === entry) break;
      this.#blocks.delete(oldest);
      this.#bytes -= length;
    }
  }
}
