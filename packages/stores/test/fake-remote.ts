import {
  type Bytes,
  bytesToId,
  idToBytes,
  type RemoteStorage,
  type ScanOptions,
  type Write,
} from '@kstreams/core/graph';
import { OrderedMap } from '@kstreams/core/state';

/** Behavior of a fake; each function is called once per call of the storage. */
export interface FakeBehavior {
  /** Called before a call reads or writes, and again before it returns. */
  readonly delay?: () => Promise<void>;
  /** True when the call fails: before it has an effect, or, of commits, afterwards. */
  readonly fails?: (call: 'getMany' | 'scan' | 'commit' | 'clear' | 'committed') => boolean;
  /** Called with the rows after each commit and clear. */
  readonly changed?: (rows: ReadonlyMap<string, Bytes>) => void;
}

/** Remote storage in memory that is slow and fails on demand. */
export class FakeRemote implements RemoteStorage {
  readonly owner = 'fake';
  readonly rows = new OrderedMap<Bytes>();
  /** The keys of each `getMany`, as texts. */
  readonly reads: string[][] = [];
  /** The number of writes of each commit that was applied. */
  readonly commits: number[] = [];
  closed = false;
  behavior: FakeBehavior;

  constructor(behavior: FakeBehavior = {}) {
    this.behavior = behavior;
  }

  async getMany(keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]> {
    this.reads.push(keys.map(bytesToId));
    await this.behavior.delay?.();
    this.#fail('getMany');
    const found = keys.map((key) => this.rows.get(bytesToId(key)));
    await this.behavior.delay?.();
    return found;
  }

  async *scan(from: Bytes, to: Bytes, { reverse = false }: ScanOptions = {}) {
    await this.behavior.delay?.();
    this.#fail('scan');
    const found = [...this.rows.walk(bytesToId(from), bytesToId(to))];
    for (const [id, value] of reverse ? found.reverse() : found) {
      yield [idToBytes(id), value] as const;
      await this.behavior.delay?.();
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.behavior.delay?.();
    this.#fail('commit');
    if (new Set(writes.map(([key]) => bytesToId(key))).size < writes.length) throw new Error('a commit repeats a key');
    for (const [key, value] of writes) {
      if (value === undefined) this.rows.delete(bytesToId(key));
      else this.rows.set(bytesToId(key), value);
    }
    this.commits.push(writes.length);
    this.behavior.changed?.(new Map(this.rows.walk()));
    await this.behavior.delay?.();
    this.#fail('committed');
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.behavior.delay?.();
    this.#fail('clear');
    for (const [id] of this.rows.walk(bytesToId(from), bytesToId(to))) this.rows.delete(id);
    this.behavior.changed?.(new Map(this.rows.walk()));
    await this.behavior.delay?.();
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #fail(call: 'getMany' | 'scan' | 'commit' | 'clear' | 'committed'): void {
    if (this.closed) throw new Error('the fake is closed');
    if (this.behavior.fails?.(call) === true) throw new Error(`${call} failed`);
  }
}
