/** Tables of the emulator of Bigtable. */
import { createRequire } from 'node:module';
import type { BigtableTable } from '@kstreams/bigtable';

/** A client of `@google-cloud/bigtable`: the part that tests use. */
interface Client {
  instance(name: string): { table(name: string): BigtableTable & { create(options: object): Promise<unknown> } };
  close(): Promise<unknown>;
}

/** A new table, with the column family `kstreams`, and the end of its client. */
export interface NewTable {
  readonly table: BigtableTable;
  /** Returns a table that does not exist. */
  readonly missing: BigtableTable;
  close(): Promise<unknown>;
}

/** Creates a table in the emulator at an address, with the client that is installed at its path. */
export const newBigtableTable = async (address: string): Promise<NewTable> => {
  // The client looks for a server with credentials otherwise.
  process.env.METADATA_SERVER_DETECTION = 'none';
  const { host, pathname } = new URL(address);
  const { Bigtable } = createRequire(`${pathname}/package.json`)('@google-cloud/bigtable') as {
    readonly Bigtable: new (options: object) => Client;
  };
  const client = new Bigtable({ apiEndpoint: host, projectId: 'test', metricsEnabled: false });
  const instance = client.instance('states');
  const table = instance.table(`states-${crypto.randomUUID()}`);
  await table.create({ families: [{ name: 'kstreams', rule: { versions: 3 } }] });
  return { table, missing: instance.table('missing'), close: () => client.close() };
};
