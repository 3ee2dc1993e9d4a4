import { type Bytes, bytesToId, concatBytes, idToBytes, TransportError, type Write } from '@kstreams/core/graph';
import { OrderedMap } from '@kstreams/core/state';
import type { LogEntry, LogStorage } from '../storage/log-storage.js';
import {
  allKeys,
  checkKey,
  endsKey,
  fromJson,
  layoutKey,
  layoutVersion,
  metadataRanges,
  type PartitionKey,
  readDeletedKey,
  readRecordKey,
  startAgain,
  toJson,
} from './layout.js';
import { checksum, seal, unseal } from './sealed-row.js';

/** Row of {@link checkKey}. */
interface Check {
  /** Sum of the checksums of all metadata rows, modulo 2^32. */
  readonly rows: number;
  /** Sum of the ends of all partitions. */
  readonly ends: number;
}

/**
 * The rows of a log besides its records: topics, committed offsets, transactions and cleaning states, all of them in
 * memory. Seals every write. Each commit also writes the `check` row, with the sum of the checksums of these rows and the
 * sum of the ends of all partitions: so a row that is missing or older than the last commit is found at opening.
 */
export class Metadata {
  readonly #name: string;
  readonly #rows = new OrderedMap<Bytes>();
  readonly #ends = new Map<string, PartitionKey & { readonly end: number }>();
  #lastEnds: ReadonlyMap<string, number> = new Map();
  #sum = 0;
  #endsSum = 0;
  #check: Check | undefined;

  private constructor(name: string) {
    this.#name = name;
  }

  /** Reads and verifies the rows in a storage, or starts a log in an empty one. Throws for any other content. */
  static async open(storage: LogStorage, name: string): Promise<Metadata> {
    const metadata = new Metadata(name);
    if (await isEmpty(storage)) await storage.commit(metadata.seal([[layoutKey, toJson({ version: layoutVersion })]]));
    else await metadata.#read(storage);
    return metadata;
  }

  /** Returns a row, or `undefined`. */
  get(key: Bytes): Bytes | undefined {
    return this.#rows.get(bytesToId(key));
  }

  /** Returns the rows of a range, in order. */
  *read(from: Bytes, to: Bytes): Generator<LogEntry> {
    for (const [id, row] of this.#rows.walk(bytesToId(from), bytesToId(to))) yield [idToBytes(id), row];
  }

  /** Applies the metadata among the writes of one commit, and returns the commit in its stored form. */
  seal(writes: readonly Write[]): Write[] {
    const sealed = writes.map(([key, row]): Write => {
      const place = readRecordKey(key);
      if (place === undefined) this.#set(key, row);
      else if (row !== undefined) this.extend(place, place.last + 1);
      return [key, row && seal(key, row)];
    });
    const check: Check = { rows: this.#sum, ends: this.#endsSum };
    sealed.push([checkKey, seal(checkKey, toJson(check))]);
    return sealed;
  }

  /** Raises the end of a partition. */
  extend({ id, partition }: PartitionKey, end: number): void {
    const key = placeOf({ id, partition });
    const before = this.#ends.get(key)?.end ?? 0;
    if (end <= before) return;
    this.#ends.set(key, { id, partition, end });
    this.#endsSum += end - before;
  }

  /** Returns the end of a partition at the last close; 0 if unknown. */
  lastEnd(partition: PartitionKey): number {
    return this.#lastEnds.get(placeOf(partition)) ?? 0;
  }

  /** Returns the write that stores the ends of all partitions, before a close. */
  endsWrite(): Write {
    return [endsKey, toJson([...this.#ends].map(([place, { end }]) => [place, end]))];
  }

  /** Throws unless the partitions that were opened end where they did in the last commit. */
  verifyEnds(): void {
    if (this.#check === undefined || this.#endsSum === this.#check.ends) return;
    throw this.#damage('the newest records of a partition are missing');
  }

  async #read(storage: LogStorage): Promise<void> {
    const layout = await readRow(storage, layoutKey);
    const version = layout && fromJson<{ readonly version: number }>(layout, 'version').version;
    if (version !== layoutVersion && (await readRow(storage, checkKey)) === undefined) {
      throw new TransportError(
        `${this.#name} holds no embedded log of this version: name another folder, or remove it to start again`,
      );
    }
    const rows = (await Promise.all(metadataRanges.map((range) => storage.read(...range)))).flat();
    for (const [key, sealed] of rows) {
      const row = unseal(key, sealed);
      if (row === undefined) throw this.#damage(`its row ${JSON.stringify(bytesToId(key))} is not as it was written`);
      if (bytesToId(key) === checkId) this.#check = fromJson<Check>(row, 'rows', 'ends');
      else this.#set(key, row);
    }
    if (this.#check?.rows !== this.#sum) {
      throw this.#damage('rows of its topics, offsets or transactions are missing or out of date');
    }
    const ends = this.get(endsKey);
    if (ends !== undefined) this.#lastEnds = new Map(fromJson<readonly [string, number][]>(ends));
  }

  #set(key: Bytes, row: Bytes | undefined): void {
    const id = bytesToId(key);
    const before = this.#rows.get(id);
    if (before !== undefined) this.#sum -= checksum(key, before);
    if (row !== undefined) this.#sum += checksum(key, row);
    this.#sum = ((this.#sum % 2 ** 32) + 2 ** 32) % 2 ** 32;
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    const deleted = row && readDeletedKey(key);
    if (deleted !== undefined) this.#forget(deleted);
  }

  /** Forgets the ends of a deleted topic. */
  #forget(topic: number): void {
    for (const [place, { end, id }] of this.#ends) {
      if (id !== topic) continue;
      this.#ends.delete(place);
      this.#endsSum -= end;
    }
  }

  #damage(what: string): TransportError {
    return new TransportError(`the embedded log in ${this.#name} is damaged: ${what}: ${startAgain}`);
  }
}

const checkId = bytesToId(checkKey);

const placeOf = ({ id, partition }: PartitionKey): string => `${id}/${partition}`;

const isEmpty = async (storage: LogStorage): Promise<boolean> => (await storage.lastKey(...allKeys)) === undefined;

/** Returns a row as it was written; `undefined` without one. */
const readRow = async (storage: LogStorage, key: Bytes): Promise<Bytes | undefined> => {
  const [entry] = await storage.read(key, concatBytes(key, Uint8Array.of(0)));
  return entry && unseal(...entry);
};
