import { type Bytes, fromUtf8 } from '@kstreams/core/graph';
import type { BigtableRow, BigtableTable } from './client.js';

/** The state of a space. */
export interface SpaceState {
  /** Identifies the rows; kept while the space exists. */
  readonly id: string;
  /** The form of its rows: bytes alone, or JSON beside them; kept, too. */
  readonly format: 'bytes' | 'json';
  /** The process that has the space open; `closed` when none has. */
  readonly token: string;
  /** The number of the last commit. */
  readonly number: number;
  /** Numbers of commits up to it that were left unfinished, whose cells do not count. */
  readonly unfinished: readonly number[];
}

/** The token of a space that no process has open. */
export const closed = 'closed';

/** All cells of the row have one timestamp, so that a write replaces the cell before. */
const timestamp = 1_000;

/** The row of a space that says which process owns it and which commits count. It changes in one atomic step. */
export class OwnerRow {
  /** The key sorts after all rows of the space. */
  readonly key: string;
  readonly #table: BigtableTable;
  readonly #family: string;

  constructor(table: BigtableTable, family: string, space: string) {
    this.key = `${space}0`;
    this.#table = table;
    this.#family = family;
  }

  /** Returns the state of the space; undefined for a new one. */
  async read(): Promise<SpaceState | undefined> {
    const [[row]] = await this.#table.getRows({ decode: false, keys: [this.key] });
    return row && this.#stateOf(row);
  }

  /** Changes the state if it is as before. Returns false when another process has changed it. */
  async replace(before: SpaceState | undefined, after: SpaceState): Promise<boolean> {
    const changed = {
      owner: ownerText(after),
      ...(before === undefined && { id: after.id, format: after.format }),
      ...(after.unfinished !== before?.unfinished && { unfinished: after.unfinished.join() }),
    };
    const cells = Object.entries(changed).map(([column, value]) => [column, { value, timestamp }]);
    const write = [{ method: 'insert', data: { [this.#family]: Object.fromEntries(cells) } }];
    const owner = [{ family: this.#family }, { column: 'owner' }];
    const row = this.#table.row(this.key);
    if (before === undefined) {
      const [exists] = await row.filter(owner, { onNoMatch: write });
      return exists === false;
    }
    const [isAsBefore] = await row.filter([...owner, { value: ownerText(before) }], { onMatch: write });
    return isAsBefore === true;
  }

  #stateOf({ data }: BigtableRow): SpaceState | undefined {
    const text = (column: string): string => {
      const value: Bytes | undefined = data[this.#family]?.[column]?.[0]?.value;
      return value === undefined ? '' : fromUtf8(value);
    };
    const [token = '', number] = text('owner').split('/');
    if (number === undefined) return undefined;
    const unfinished = text('unfinished').split(',').filter(Boolean).map(Number);
    const format = text('format') === 'json' ? 'json' : 'bytes';
    return { id: text('id'), format, token, number: Number(number), unfinished };
  }
}

const ownerText = ({ number, token }: SpaceState): string => `${token}/${number}`;
