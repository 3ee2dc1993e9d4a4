import type { QueryOperation } from '../access.js';

/** The name of the header of a request from another process, with the partitions to read. It is not forwarded again. */
export const partitionsHeader = 'kstreams-partitions';

/** The parts of a request that are forwarded to other processes. */
export interface Forwarded {
  readonly operation: QueryOperation;
  readonly store: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly authorization: string | undefined;
  /** The partitions of a request from another process; undefined for a request of a client. */
  readonly partitions: readonly number[] | undefined;
  readonly signal: AbortSignal;
}

/** An event of a subscription in another process. `rows` are JSON texts, separated by commas. */
export type PeerEvent =
  | { readonly type: 'reset'; readonly partition: number }
  | { readonly type: 'rows'; readonly partition: number; readonly rows: string }
  | { readonly type: 'complete'; readonly partition: number; readonly position: string }
  | { readonly type: 'changes'; readonly partition: number; readonly position: string; readonly rows: string };

/**
 * Sends requests to other processes of the application, over one protocol. Each method throws the `Problem` of the other
 * process, or any other error when there is no valid response.
 */
export interface PeerClient {
  /** Resolves to the parsed JSON of a result. */
  read(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<unknown>;
  /** Returns the events of a subscription after some positions. */
  changes(endpoint: string, partitions: readonly number[], request: Forwarded, after: string): AsyncIterable<PeerEvent>;
  /** Closes the connections. */
  close(): void;
}
