import {
  type Bytes,
  batchesOf,
  FencedError,
  messageOf,
  murmur2,
  plainBytes,
  type ReadableRows,
  type RemoteStorage,
  type ScanOptions,
  StorageError,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { byteaArray } from './bytea-array.js';
import { jsonbOf } from './jsonb.js';
import {
  type PostgresConnection,
  type PostgresPool,
  type PostgresQuery,
  rollBack,
  takeConnection,
  transaction,
} from './pool.js';
import { createTables, type Tables, tablesIn } from './tables.js';

/** A space of a database. */
export interface PostgresSpace {
  readonly pool: PostgresPool;
  readonly space: string;
  readonly schema: string;
  /** Writes rows in a readable form, too; only their bytes unless set. */
  readonly readable?: ReadableRows | undefined;
}

/** The greatest number of bytes that one statement writes; a commit of more is a transaction of several. */
const statementBytes = 8 * 1_024 ** 2;

/** The number of rows that one step of a scan fetches. */
const fetched = 1_000;

/** A row of the state. */
interface Row {
  readonly key: Bytes;
  readonly value: Bytes;
}

/** The row of an open space. */
interface Opened {
  readonly space: number;
  readonly owner: string;
  readonly epoch: string;
}

/** Opens a space, and takes it over from the process that has it open. */
export const openStorage = async ({ pool, readable, schema, space }: PostgresSpace): Promise<RemoteStorage> => {
  const tables = tablesIn(schema);
  try {
    await createTables(pool, tables);
    const format = readable === undefined ? 'bytes' : 'json';
    const { rows } = await pool.query({
      text: `insert into ${tables.spaces} as known (name, format) values ($1, $2)
        on conflict (name) do update set epoch = known.epoch + 1 where known.format = $2
        returning space, owner, epoch`,
      values: [space, format],
    });
    const [opened] = rows as readonly (Opened | undefined)[];
    if (opened === undefined) throw new Error(`its format is not '${format}': set its own, or take another space`);
    return new PostgresStorage({ pool, readable, schema, space }, tables, opened);
  } catch (thrown) {
    throw new StorageError(`the space "${space}" of PostgreSQL cannot be opened: ${messageOf(thrown)}`, thrown);
  }
};

class PostgresStorage implements RemoteStorage {
  readonly owner: string;
  readonly #pool: PostgresPool;
  readonly #readable: ReadableRows | undefined;
  readonly #tables: Tables;
  readonly #name: string;
  readonly #opened: Opened;

  constructor({ pool, readable, space }: PostgresSpace, tables: Tables, opened: Opened) {
    this.owner = opened.owner;
    this.#pool = pool;
    this.#readable = readable;
    this.#tables = tables;
    this.#name = space;
    this.#opened = opened;
  }

  async getMany(keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]> {
    const { rows } = await this.#pool.query({
      name: this.#statement('get'),
      // Looks each key up in the index, also while the table has no statistics.
      text: `select kept.value
        from unnest($2::bytea[]) with ordinality as wanted (key, at) left join lateral (
          select value from ${this.#tables.rows} where space = $1 and key = wanted.key limit 1
        ) as kept on true order by wanted.at`,
      values: [this.#opened.space, byteaArray(keys)],
      rowMode: 'array',
    });
    return (rows as readonly (readonly [value: Buffer | null])[]).map(([value]) =>
      value === null ? undefined : plainBytes(value),
    );
  }

  async *scan(
    from: Bytes,
    to: Bytes,
    { reverse = false }: ScanOptions = {},
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    const connection = await takeConnection(this.#pool);
    try {
      await connection.query({ text: 'begin isolation level repeatable read read only' });
      await connection.query({
        text: `declare found no scroll cursor for select key, value from ${this.#tables.rows}
          where space = $1 and key >= $2 and key < $3 order by key ${reverse ? 'desc' : 'asc'}`,
        values: [this.#opened.space, toBuffer(from), toBuffer(to)],
      });
      for (let some = true; some; ) {
        const { rows } = await connection.query({ text: `fetch ${fetched} from found` });
        for (const { key, value } of rows as readonly Row[]) yield [plainBytes(key), plainBytes(value)];
        some = rows.length === fetched;
      }
    } finally {
      await rollBack(connection);
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const [first = [], ...others] = batchesOf(writes, ([key, value]) => key.length + (value?.length ?? 0), {
      bytes: statementBytes,
    });
    if (others.length === 0) return this.#write(this.#pool, first);
    await transaction(this.#pool, async (connection) => {
      for (const batch of [first, ...others]) await this.#write(connection, batch);
    });
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.#owned(this.#pool, {
      text: `with owned as (${this.#ownedSpace}), deleted as (
          delete from ${this.#tables.rows} where space = $1 and key >= $3 and key < $4 and exists (select from owned)
        ) select 1 from owned`,
      values: [toBuffer(from), toBuffer(to)],
    });
  }

  /** The connections belong to the program. */
  async close(): Promise<void> {}

  async #write(on: PostgresPool | PostgresConnection, writes: readonly Write[]): Promise<void> {
    const deleted = writes.flatMap(([key, value]) => (value === undefined ? [key] : []));
    const put = deleted.length === 0 ? writes : writes.filter(([, value]) => value !== undefined);
    const json = await this.#jsonOf(put);
    const columns = json === undefined ? 'value' : 'value, json';
    await this.#owned(on, {
      name: this.#statement(json === undefined ? 'write' : 'write-json'),
      text: `with owned as (${this.#ownedSpace}), deleted as (
          delete from ${this.#tables.rows} where space = $1 and key = any($3::bytea[]) and exists (select from owned)
        ), written as (
          insert into ${this.#tables.rows} (space, key, ${columns})
          select $1, key, ${columns}
          from unnest($4::bytea[], $5::bytea[]${json === undefined ? '' : ', $6::jsonb[]'}) as put (key, ${columns})
          where exists (select from owned)
          on conflict (space, key) do update set value = excluded.value${json === undefined ? '' : ', json = excluded.json'}
        ) select 1 from owned`,
      values: [
        byteaArray(deleted),
        byteaArray(put.map(([key]) => key)),
        byteaArray(put.map(([, value]) => value as Bytes)),
        ...(json === undefined ? [] : [json]),
      ],
    });
  }

  /** Returns rows in JSON, null for those without a key of a store; undefined without a readable form. */
  async #jsonOf(rows: readonly Write[]): Promise<readonly (string | null)[] | undefined> {
    const readable = await this.#readable?.of(rows);
    return readable?.map((row) => (row?.fields === undefined ? null : jsonbOf(row.fields)));
  }

  /** Returns the name of a statement, which is prepared for the tables of one schema. */
  #statement(what: string): string {
    return `kstreams-${what}-${murmur2(toUtf8(this.#tables.schema))}`;
  }

  /**
   * The row of the space, if this process still owns it. It is locked, so that another process takes the space over before
   * or after the statement.
   */
  get #ownedSpace(): string {
    return `select 1 from ${this.#tables.spaces} where space = $1 and epoch = $2 for share`;
  }

  /** Runs a statement that returns a row if this process owns the space. Its first two parameters are the space and the epoch. */
  async #owned(on: PostgresPool | PostgresConnection, { values = [], ...query }: PostgresQuery): Promise<void> {
    const { epoch, space } = this.#opened;
    const { rows } = await on.query({ ...query, values: [space, epoch, ...values] });
    if (rows.length > 0) return;
    throw new FencedError(
      `another process has taken over the space "${this.#name}" of PostgreSQL: give each process its own space`,
    );
  }
}

const toBuffer = (bytes: Bytes): Buffer => Buffer.from(bytes);
