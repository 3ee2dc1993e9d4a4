import { signal } from '@preact/signals';
import type { ChangeJson, RowJson, RowsQuery, StoreDescription, StoreSource } from './store-source.js';

/** The most changes that are kept. */
export const keptChanges = 200;

/** A change with a number that is unique in its list. */
export interface NumberedChange extends ChangeJson {
  readonly number: number;
}

/** The state of a view of one store: its last read, and the changes while it is followed. */
export class StoreModel {
  readonly store: StoreDescription;
  /** The rows that were read; undefined before the first read. */
  readonly rows = signal<readonly RowJson[] | undefined>(undefined);
  readonly count = signal<number | undefined>(undefined);
  readonly error = signal<string | undefined>(undefined);
  readonly busy = signal(false);
  /** The token of the next page. */
  readonly next = signal<string | undefined>(undefined);
  /** The latest changes, the newest first. */
  readonly changes = signal<readonly NumberedChange[]>([]);
  readonly following = signal(false);
  readonly #source: StoreSource;
  #query: RowsQuery = {};
  #reads = 0;
  #number = 0;
  #follow: AbortController | undefined;

  constructor(store: StoreDescription, source: StoreSource) {
    this.store = store;
    this.#source = source;
  }

  /** Reads the row of a key. */
  find(key: unknown): Promise<void> {
    return this.#read(async () => {
      const row = await this.#source.get(this.store.name, key);
      return { rows: row === undefined ? [] : [row] };
    });
  }

  /** Reads the first page of a selection. */
  select(query: RowsQuery): Promise<void> {
    this.#query = query;
    return this.#read(() => this.#source.rows(this.store.name, query));
  }

  /** Reads the next page, below the rows. */
  more(): Promise<void> {
    const page = this.next.value;
    const before = this.rows.value ?? [];
    return this.#read(async () => {
      const { next, rows } = await this.#source.rows(this.store.name, { ...this.#query, page });
      return { rows: [...before, ...rows], next };
    });
  }

  /** Counts the rows. */
  async recount(): Promise<void> {
    try {
      this.count.value = await this.#source.count(this.store.name);
    } catch (thrown) {
      this.error.value = messageOf(thrown);
    }
  }

  /** Follows the changes until `stop`. */
  async follow(): Promise<void> {
    this.stop();
    const end = new AbortController();
    this.#follow = end;
    this.following.value = true;
    this.error.value = undefined;
    try {
      for await (const change of this.#source.changes(this.store.name, end.signal)) {
        if (end.signal.aborted) return;
        const numbered = { ...change, number: this.#number++ };
        this.changes.value = [numbered, ...this.changes.value].slice(0, keptChanges);
      }
    } catch (thrown) {
      if (!end.signal.aborted) this.error.value = messageOf(thrown);
    } finally {
      if (this.#follow === end) this.stop();
    }
  }

  /** Stops following. The changes stay. */
  stop(): void {
    this.#follow?.abort();
    this.#follow = undefined;
    this.following.value = false;
  }

  /** Runs a read; a later one replaces its result. */
  async #read(read: () => Promise<{ readonly rows: readonly RowJson[]; readonly next?: string | undefined }>) {
    const number = ++this.#reads;
    this.busy.value = true;
    this.error.value = undefined;
    try {
      const { next, rows } = await read();
      if (number !== this.#reads) return;
      this.rows.value = rows;
      this.next.value = next;
    } catch (thrown) {
      if (number === this.#reads) this.error.value = messageOf(thrown);
    } finally {
      if (number === this.#reads) this.busy.value = false;
    }
  }
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
