import { type PostgresPool, transaction } from './pool.js';

/** The names of the tables, quoted, with their schema. */
export interface Tables {
  readonly schema: string;
  readonly spaces: string;
  readonly rows: string;
  /** The view of rows in JSON. */
  readonly readable: string;
}

/** Returns the names of the tables in a schema. */
export const tablesIn = (schema: string): Tables => {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  return { schema: quoted, spaces: `${quoted}.spaces`, rows: `${quoted}.rows`, readable: `${quoted}.readable` };
};

/**
 * Creates the tables if they do not exist. Processes that start together take turns. Rows that change often leave space in
 * their pages, so that a new version needs no new index entry.
 */
export const createTables = async (pool: PostgresPool, { readable, rows, schema, spaces }: Tables): Promise<void> => {
  const { rows: found } = await pool.query({
    text: 'select 1 where to_regclass($1) is not null and to_regclass($2) is not null',
    values: [spaces, rows],
  });
  if (found.length > 0) return;
  await transaction(pool, async (connection) => {
    const run = (text: string) => connection.query({ text });
    await run(`select pg_advisory_xact_lock(hashtext('kstreams'))`);
    await run(`create schema if not exists ${schema}`);
    await run(
      `create table if not exists ${spaces} (
        space integer generated always as identity primary key,
        name text not null unique,
        owner uuid not null default gen_random_uuid(),
        epoch bigint not null default 0,
        format text not null
      ) with (fillfactor = 50)`,
    );
    await run(
      `create table if not exists ${rows} (
        space integer not null,
        key bytea not null,
        value bytea not null,
        json jsonb,
        primary key (space, key)
      ) with (fillfactor = 80)`,
    );
    await run(
      `create or replace view ${readable} as
        select spaces.name as space, json->>'store' as store, (json->'partition')::integer as partition, json->'key' as key,
          (json->'start')::bigint as start, (json->'end')::bigint as "end", json->'value' as value,
          (json->'timestamp')::float8 as timestamp, (json->'ends')::float8 as ends
        from ${rows} as rows join ${spaces} as spaces using (space) where json is not null`,
    );
  });
};
