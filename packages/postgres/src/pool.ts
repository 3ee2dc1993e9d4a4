/** A query of `pg`. A named one is prepared once for each connection. */
export interface PostgresQuery {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
  /** `array` for rows that are lists of columns. */
  readonly rowMode?: 'array';
}

/** The result of a query. */
export interface PostgresResult {
  readonly rows: readonly unknown[];
}

/** A connection of a pool. */
export interface PostgresConnection {
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** Returns the connection to the pool; with `true`, closes it. */
  release(destroy?: boolean): void;
}

/** A pool of connections: the part of `pg`'s `Pool` that is used. */
export interface PostgresPool {
  query(query: PostgresQuery): Promise<PostgresResult>;
  connect(): Promise<PostgresConnection>;
}

/** Rolls back and returns a connection to its pool. One that cannot roll back is closed. */
export const rollBack = async (connection: PostgresConnection): Promise<void> => {
  const usable = await connection.query({ text: 'rollback' }).then(
    () => true,
    () => false,
  );
  connection.release(!usable);
};

/** Runs work in a transaction on one connection, and rolls back when it throws. */
export const transaction = async (
  pool: PostgresPool,
  work: (connection: PostgresConnection) => Promise<void>,
): Promise<void> => {
  const connection = await pool.connect();
  try {
    await connection.query({ text: 'begin' });
    await work(connection);
    await connection.query({ text: 'commit' });
  } catch (thrown) {
    await rollBack(connection);
    throw thrown;
  }
  connection.release();
};
