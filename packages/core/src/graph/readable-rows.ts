import type { BackendStore, Write } from './byte-store.js';
import { type Bytes, bytesToId, concatBytes } from './bytes.js';
import { messageOf, StorageError } from './errors.js';
import { Pending } from './pending.js';
import type { Coordinates } from './serde.js';
import { toTypedJson } from './typed-json.js';
import { toUtf8 } from './utf8.js';

/** The fields of a row for other programs: its key and value in the form of {@link toTypedJson}, and times in ms. */
export interface ReadableFields {
  readonly store: string;
  /** The partition; -1 in a global table. */
  readonly partition: number;
  readonly key: unknown;
  /** The bounds of the key's window; only in stores of windows and sessions. */
  readonly start?: number;
  readonly end?: number;
  readonly value: unknown;
  readonly timestamp: number;
  /** The instant at which the row ends, on the clock of its `ttl`; only in stores with one. */
  readonly ends?: number;
}

/** A row of a store, for other programs. */
export interface ReadableRow {
  /**
   * A unique name: `<store>/<partition>/<key>` with the key in the bytes of its serde, and `@<start>-<end>` behind it for
   * a window.
   */
  readonly name: Bytes;
  /** `undefined` for a deleted row, and for one that holds no key. */
  readonly fields: ReadableFields | undefined;
  /** True for a row that ends on the wall clock. */
  readonly endsByWallClock: boolean;
}

/** The code of the slash behind the name of a store and behind its partition. */
const slash = 0x2f;

/** Decodes rows of the byte store with the serdes of their stores, for backends that other programs read. */
export class ReadableRows {
  readonly #stores: ReadonlyMap<string, BackendStore>;

  constructor(stores: readonly BackendStore[]) {
    this.#stores = new Map(stores.map((store) => [bytesToId(toUtf8(store.spec.name)), store]));
  }

  /**
   * Returns the readable form of writes, in order; undefined for one of no store, such as a position. Resolves once the values
   * that serdes need are loaded.
   *
   * @throws StorageError for a row that its serdes cannot decode, or that JSON cannot hold.
   */
  async of(writes: readonly Write[]): Promise<readonly (ReadableRow | undefined)[]> {
    const rows: (ReadableRow | undefined)[] = [];
    while (rows.length < writes.length) {
      try {
        rows.push(this.#rowOf(writes[rows.length] as Write));
      } catch (thrown) {
        if (!(thrown instanceof Pending)) throw thrown;
        await thrown.until;
      }
    }
    return rows;
  }

  #rowOf([rowKey, row]: Write): ReadableRow | undefined {
    const first = rowKey.indexOf(slash);
    const second = rowKey.indexOf(slash, first + 1);
    const store = this.#stores.get(bytesToId(rowKey.subarray(0, first)));
    if (store?.spec.reader === undefined || second < 0) return undefined;
    try {
      return readableRow(store, rowKey, [first + 1, second + 1], row);
    } catch (thrown) {
      if (thrown instanceof Pending) throw thrown;
      const { name } = store.spec;
      throw new StorageError(
        `a row of store "${name}" has no readable form: ${messageOf(thrown)}; use format: 'bytes', or serdes of values that JSON can hold`,
        thrown,
      );
    }
  }
}

const readableRow = (
  { spec, topic }: BackendStore,
  rowKey: Bytes,
  [partitionAt, keyAt]: readonly [number, number],
  row: Bytes | undefined,
): ReadableRow | undefined => {
  const reader = spec.reader as NonNullable<typeof spec.reader>;
  const at: Coordinates = { topic, headers: [] };
  const storeKey = rowKey.subarray(keyAt);
  const keyName = reader.rowName === undefined ? storeKey : reader.rowName(storeKey);
  if (keyName === undefined) return undefined;
  const name = concatBytes(rowKey.subarray(0, keyAt), keyName);
  const endsByWallClock = spec.ttl?.clock === 'wall';
  const key = row && reader.decodeKey(storeKey, at);
  const found = key === undefined ? undefined : reader.decodeRow(row as Bytes, at);
  if (found === undefined) return { name, fields: undefined, endsByWallClock };
  const windowed = reader.windows === undefined ? undefined : (key as WindowFields);
  const { timestamp, value } = found;
  const fields: ReadableFields = {
    store: spec.name,
    partition: Number(bytesToId(rowKey.subarray(partitionAt, keyAt - 1))),
    key: toTypedJson(windowed === undefined ? key : windowed.key),
    ...(windowed && { start: windowed.start, end: windowed.end }),
    value: toTypedJson(value),
    timestamp,
    ...(spec.ttl && { ends: timestamp + spec.ttl.after }),
  };
  return { name, fields, endsByWallClock };
};

interface WindowFields {
  readonly key: unknown;
  readonly start: number;
  readonly end: number;
}
