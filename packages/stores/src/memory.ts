import {
  type Backend,
  type ByteStore,
  type Bytes,
  bytesToId,
  type Cancel,
  idToBytes,
  type ScanOptions,
  StateError,
  type Telemetry,
  type Write,
} from '@kstreams/core/graph';
import { OrderedMap } from '@kstreams/core/state';
import { instruments } from './instruments.js';

/** Keeps state in memory. It ends with the process and is restored from changelogs. */
export const memory = (): Backend => ({
  name: 'memory',
  open: async (_folder, options) => new MemoryStore(options?.telemetry),
});

/** Creates a byte store in memory. */
export const memoryStore = (): ByteStore => new MemoryStore();

class MemoryStore implements ByteStore {
  readonly owner = crypto.randomUUID();
  readonly #rows = new OrderedMap<Bytes>();
  readonly #removeGauge: Cancel | undefined;
  #closed = false;

  constructor(telemetry?: Telemetry) {
    const attributes = { 'kstreams.state.backend': 'memory' };
    this.#removeGauge = telemetry?.gauge(instruments.rows, attributes, () => this.#rows.size);
  }

  get(key: Bytes): Bytes | undefined {
    this.#checkOpen();
    return this.#rows.get(bytesToId(key));
  }

  async *scan(
    from: Bytes,
    to: Bytes,
    { reverse = false }: ScanOptions = {},
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    this.#checkOpen();
    const snapshot = [...this.#rows.walk(bytesToId(from), bytesToId(to))];
    for (const [id, value] of reverse ? snapshot.reverse() : snapshot) yield [idToBytes(id), value];
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.#checkOpen();
    for (const [key, value] of writes) {
      if (value === undefined) this.#rows.delete(bytesToId(key));
      else this.#rows.set(bytesToId(key), value);
    }
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    this.#checkOpen();
    this.#rows.deleteRange(bytesToId(from), bytesToId(to));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#removeGauge?.();
    this.#rows.clear();
  }

  #checkOpen(): void {
    if (this.#closed) throw new StateError('the state is closed: open its backend again');
  }
}
