import { type Bytes, bytesToId, idToBytes, type RemoteStorage } from '@kstreams/core/graph';

/** The rows of a scan, in its order. */
type Rows = AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined>;

/** An entry of a page: its key as an id, and its value. */
type Entry = readonly [id: string, value: Bytes];

/**
 * A scan of remote storage that reads pages. It returns the rows as they were when it began: the values of keys that change
 * before it reaches them are kept here. For authors of `RemoteStorage`.
 */
export class OpenScan {
  readonly from: string;
  readonly to: string;
  readonly reverse: boolean;
  /** Values before the first change since the scan began; `undefined` for a key that did not exist. */
  readonly #before = new Map<string, Bytes | undefined>();
  /** The last key that the scan has passed. */
  #passed: string | undefined;

  constructor(from: Bytes, to: Bytes, reverse: boolean) {
    this.from = bytesToId(from);
    this.to = bytesToId(to);
    this.reverse = reverse;
  }

  /** The bounds of what the scan has not passed: at least the first, and before or, with `included`, up to the second. */
  get ahead(): { readonly from: string; readonly to: string; readonly after: boolean } {
    if (this.#passed === undefined) return { from: this.from, to: this.to, after: false };
    return this.reverse
      ? { from: this.from, to: this.#passed, after: false }
      : { from: this.#passed, to: this.to, after: true };
  }

  /** True when the value of a key before its change has to be kept. */
  keeps(id: string): boolean {
    const { after, from, to } = this.ahead;
    return (after ? id > from : id >= from) && id < to && !this.#before.has(id);
  }

  /** Keeps the value of a key before a change. */
  keep(id: string, value: Bytes | undefined): void {
    if (this.keeps(id)) this.#before.set(id, value);
  }

  /**
   * Returns the rows of a page as they were when the scan began, and passes it. The page holds all rows ahead up to the key
   * `end`; all of them without one.
   */
  pass(page: readonly Entry[], end: string | undefined): readonly (readonly [key: Bytes, value: Bytes])[] {
    const inPage = (id: string): boolean => end === undefined || (this.reverse ? id >= end : id <= end);
    const rows = new Map<string, Bytes | undefined>(page);
    for (const [id, value] of this.#before) {
      if (!inPage(id)) continue;
      rows.set(id, value);
      this.#before.delete(id);
    }
    this.#passed = end ?? (this.reverse ? this.from : this.to);
    const found = [...rows].filter((row): row is [string, Bytes] => row[1] !== undefined);
    const order = this.reverse ? -1 : 1;
    return found.sort(([a], [b]) => (a < b ? -order : order)).map(([id, value]) => [idToBytes(id), value]);
  }
}

/** The open scans of remote storage. Their rows stay as they were while others change. For authors of `RemoteStorage`. */
export class OpenScans {
  readonly #scans = new Set<OpenScan>();

  /** The number of open scans. */
  get size(): number {
    return this.#scans.size;
  }

  /** Returns the rows of a range as they are when the first is read. `read` reads its pages and passes them. */
  async *rows(from: Bytes, to: Bytes, reverse: boolean, read: (scan: OpenScan) => Rows): Rows {
    const scan = new OpenScan(from, to, reverse);
    this.#scans.add(scan);
    try {
      yield* read(scan);
    } finally {
      this.#scans.delete(scan);
    }
  }

  /** Keeps the values of keys that open scans have not passed. Called before they change. */
  async keep(keys: readonly Bytes[], getMany: RemoteStorage['getMany']): Promise<void> {
    // A scan may begin meanwhile.
    for (let needed = this.#neededOf(keys); needed.length > 0; needed = this.#neededOf(keys)) {
      const values = await getMany(needed);
      for (const scan of this.#scans) for (const [i, key] of needed.entries()) scan.keep(bytesToId(key), values[i]);
    }
  }

  #neededOf(keys: readonly Bytes[]): readonly Bytes[] {
    const scans = [...this.#scans];
    return scans.length === 0 ? [] : keys.filter((key) => scans.some((scan) => scan.keeps(bytesToId(key))));
  }
}
