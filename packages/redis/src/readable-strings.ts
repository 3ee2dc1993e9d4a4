import { type Bytes, concatBytes, type ReadableRows, toUtf8, type Write } from '@kstreams/core/graph';

/** The time after its end for which a row stays, in ms: the clocks of the process and of Redis may differ by this. */
const margin = 60_000;

/** The strings of a commit. */
export interface ChangedStrings {
  /** Keys, values and instants of expiry in ms, as texts; an empty one for none. */
  readonly shown: readonly (readonly [key: Bytes, value: Bytes, expiry: Bytes])[];
  readonly hidden: readonly (readonly [key: Bytes])[];
}

/** Writes rows as strings in JSON beside their bytes. Redis removes those of rows that have ended on the wall clock. */
export class ReadableStrings {
  readonly #prefix: Bytes;
  readonly #rows: ReadableRows;

  /** The keys of the strings begin with `prefix`. */
  constructor(prefix: string, rows: ReadableRows) {
    this.#prefix = toUtf8(prefix);
    this.#rows = rows;
  }

  async of(writes: readonly Write[]): Promise<ChangedStrings> {
    const shown: (readonly [Bytes, Bytes, Bytes])[] = [];
    const hidden: (readonly [Bytes])[] = [];
    for (const row of await this.#rows.of(writes)) {
      if (row === undefined) continue;
      const { endsByWallClock, fields, name } = row;
      const key = concatBytes(this.#prefix, name);
      if (fields === undefined) hidden.push([key]);
      else {
        const expiry =
          endsByWallClock && fields.ends !== undefined ? `${Math.max(1, Math.ceil(fields.ends) + margin)}` : '';
        shown.push([key, toUtf8(JSON.stringify(fields)), toUtf8(expiry)]);
      }
    }
    return { shown, hidden };
  }
}
