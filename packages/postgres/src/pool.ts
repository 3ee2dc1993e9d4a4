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
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
  /** Returns the connection to the pool; with `true`, closes it. */
  release(destroy?: boolean): void;
}

/** A pool of connections: the part of `pg`'s `Pool` that is used. */
export interface PostgresPool {
  query(query: PostgresQuery): Promise<PostgresResult>;
  connect(): Promise<PostgresConnection>;
}

/** The queries under way reject with the error of a lost connection, which would end the process without a listener. */
const ignoreError = (): void => {};

/** Takes a connection from a pool. */
export const takeConnection = async (pool: PostgresPool): Promise<PostgresConnection> => {
  const connection = await pool.connect();
  connection.on('error', ignoreError);
  return connection;
};

const release = (connection: PostgresConnection, destroy: boolean): void => {
  connection.release(destroy);
  connection.off('error', ignoreError);
};

/** Rolls back and returns a connection to its pool. One that cannot roll back is closed. */
export const rollBack = async (connection: PostgresConnection): Promise<void> => {
  const usable = await connection.query({ text: 'rollback' }).then(
    () => true,
    () => false,
  );
  release(connection, !usable);
};

/** Runs work in a transaction on one connection, and rolls back when it throws. */
export const transaction = async (
  pool: PostgresPool,
  work: (connection: PostgresConnection) => Promise<void>,
): Promise<void> => {
  const connection = await takeConnection(pool);
  try {
    await connection.query({ text: 'begin' });
    await work(connection);
    await connection.query({ text: 'commit' });
  } catch (thrown) {
    await rollBack(connection);
    throw thrown;
  }
  release(connection, false);
};
