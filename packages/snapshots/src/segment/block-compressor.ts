import { Worker } from 'node:worker_threads';
import type { Bytes } from '@kstreams/core/graph';
import { compression, deflate } from './block.js';

/** The bytes from which on blocks are compressed in the thread. Fewer cost less than a message to it. */
const bytesForThread = 256 * 1_024;

/** Blocks one after the other, with the ends of each. */
interface Joined {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: readonly number[];
}

interface Waiting {
  readonly resolve: (stored: Joined) => void;
  readonly reject: (error: unknown) => void;
}

/** Compresses blocks in a thread, which leaves the event loop to records. It starts with the first large batch of blocks. */
export class BlockCompressor {
  #thread: Worker | undefined;
  /** The batches that the thread has, in order. */
  #waiting: Waiting[] = [];

  /** Compresses blocks, in their order; a few of them at once. */
  async compress(blocks: readonly Bytes[]): Promise<readonly Bytes[]> {
    const length = blocks.reduce((sum, block) => sum + block.length, 0);
    if (length < bytesForThread) return blocks.map(deflate);
    const { bytes, ends } = await this.#send(joined(blocks, length));
    return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
  }

  /** Ends the thread. Batches that it has fail. */
  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #send(batch: Joined): Promise<Joined> {
    return new Promise((resolve, reject) => {
      const thread = this.#thread ?? this.#start();
      this.#thread = thread;
      this.#waiting.push({ resolve, reject });
      // The process does not end before its snapshot is written, and an idle thread keeps no process running.
      thread.ref();
      thread.postMessage(batch, [batch.bytes.buffer]);
    });
  }

  #start(): Worker {
    const thread = new Worker(program, { eval: true, execArgv: [], workerData: compression });
    thread.on('message', ({ bytes, ends }: Joined) => {
      this.#waiting.shift()?.resolve({ bytes, ends });
      if (this.#waiting.length === 0) thread.unref();
    });
    const end = (error: unknown): void => {
      if (this.#thread !== thread) return;
      const waiting = this.#waiting;
      this.#thread = undefined;
      this.#waiting = [];
      for (const { reject } of waiting) reject(error);
    };
    thread.on('error', end);
    thread.on('exit', () => end(new Error('the thread that compresses blocks has ended')));
    return thread;
  }
}

const joined = (blocks: readonly Bytes[], length: number): Joined => {
  const bytes = new Uint8Array(length);
  let end = 0;
  const ends = blocks.map((block) => {
    bytes.set(block, end);
    end += block.length;
    return end;
  });
  return { bytes, ends };
};

/** The program of the thread. It is a text, so that bundlers have no file to find. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { deflateRawSync } = require('node:zlib');
parentPort.on('message', ({ bytes, ends }) => {
  const stored = ends.map((end, i) => deflateRawSync(bytes.subarray(ends[i - 1] ?? 0, end), workerData));
  let length = 0;
  const storedEnds = stored.map((block) => (length += block.length));
  const all = new Uint8Array(length);
  for (const [i, block] of stored.entries()) all.set(block, storedEnds[i - 1] ?? 0);
  parentPort.postMessage({ bytes: all, ends: storedEnds }, [all.buffer]);
});
`;
