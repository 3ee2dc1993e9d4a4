/** A cell of a row. */
export interface BigtableCell {
  readonly value: Uint8Array;
  /** In µs. */
  readonly timestamp: string | number;
}

/** A row that was read without decoding. */
export interface BigtableRow {
  readonly id: unknown;
  /** Cells by column family and column, the newest first. */
  readonly data: Readonly<Record<string, Readonly<Record<string, readonly BigtableCell[]>>>>;
}

/** A table of `@google-cloud/bigtable`, as `instance.table(name)` returns it: the part that is used. */
export interface BigtableTable {
  readonly id: string;
  getRows(options: object): Promise<readonly [rows: readonly BigtableRow[], ...rest: readonly unknown[]]>;
  mutate(entries: object[], options: { readonly rawMutation: true }): Promise<unknown>;
  row(key: string): { filter(filter: object[], mutations: object): Promise<readonly unknown[]> };
}
