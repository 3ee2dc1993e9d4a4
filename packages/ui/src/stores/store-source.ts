/** A store that can be read. */
export interface StoreDescription {
  readonly name: string;
  /** The kind of store, such as `'key-value'` or `'window'`. */
  readonly kind: string;
  readonly partitions: number;
  /** True when its keys are windows. */
  readonly windowed: boolean;
}

/** A row in typed JSON. */
export interface RowJson {
  readonly key: unknown;
  readonly value: unknown;
  /** The timestamp of the update that wrote it, in ms. */
  readonly timestamp: number;
}

/** A page of rows. */
export interface PageJson {
  readonly rows: readonly RowJson[];
  /** The token of the next page; absent after the last row. */
  readonly next?: string | undefined;
}

/** A changed row; `value` is undefined for a deleted one. */
export interface ChangeJson {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp?: number | undefined;
}

/** A selection of rows. All rows without a member. */
export interface RowsQuery {
  readonly prefix?: unknown;
  /** Windows of one key that start between two instants, in ms. */
  readonly windows?: { readonly key: unknown; readonly from: number | undefined; readonly to: number | undefined };
  readonly reverse?: boolean;
  /** The token of a page. */
  readonly page?: string | undefined;
}

/** Reads stores, from a server or from a run in the page. Keys and values are typed JSON. */
export interface StoreSource {
  /** Resolves to the row of a key, or `undefined`. */
  get(store: string, key: unknown): Promise<RowJson | undefined>;
  rows(store: string, query: RowsQuery): Promise<PageJson>;
  count(store: string): Promise<number>;
  /** Returns changes from now on, until the signal is aborted: all of them, or a sample. */
  changes(store: string, signal: AbortSignal): AsyncIterable<ChangeJson>;
}
