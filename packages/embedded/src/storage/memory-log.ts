import { type Bytes, bytesToId, idToBytes, TransportError, type Write } from '@kstreams/core/graph';
import { OrderedMap } from '@kstreams/core/state';
import type { LogBackend, LogEntry, LogStorage, ReadLimits } from './log-storage.js';

/** Keeps a log in memory; it ends with the process, and each `open` starts an empty one. */
export const memoryLog = (): LogBackend => ({ name: 'memory', open: async () => new MemoryLogStorage() });

class MemoryLogStorage implements LogStorage {
  readonly #values = new OrderedMap<Bytes>();
  #closed = false;

  async read(from: Bytes, to: Bytes, limits?: ReadLimits): Promise<readonly LogEntry[]> {
    this.#checkOpen();
    const { entries = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY } = limits ?? {};
    const found: LogEntry[] = [];
    let length = 0;
    for (const [id, value] of this.#values.walk(bytesToId(from), bytesToId(to))) {
      found.push([idToBytes(id), value]);
      length += id.length + value.length;
      if (found.length >= entries || length >= bytes) break;
    }
    return found;
  }

  async lastKey(from: Bytes, to: Bytes): Promise<Bytes | undefined> {
    this.#checkOpen();
    const id = this.#values.last(bytesToId(from), bytesToId(to));
    return id === undefined ? undefined : idToBytes(id);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.#checkOpen();
    for (const [key, value] of writes) {
      if (value === undefined) this.#values.delete(bytesToId(key));
      else this.#values.set(bytesToId(key), value);
    }
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    this.#checkOpen();
    this.#values.deleteRange(bytesToId(from), bytesToId(to));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#values.clear();
  }

  #checkOpen(): void {
    if (this.#closed) throw new TransportError('the embedded log in memory is closed: open its transport again');
  }
}
