/** The messages of query.proto, as they are in JavaScript. */

/** The rows that a read sees. */
export interface Freshness {
  readonly isolation: string;
  readonly atLeast: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
  readonly maxStalenessMs?: number;
  readonly maxLag?: number;
}

/** The members of all requests. A method has some of them. */
export interface RequestMessage {
  readonly store?: string;
  readonly key?: string;
  /** A key of `Scan`, an instant of `Windows`. */
  readonly from?: string | number;
  readonly to?: string | number;
  readonly prefix?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
  readonly pageToken?: string;
  readonly after?: string;
  readonly freshness?: Freshness | null;
}

/** A copy that was read. */
export interface CopyMessage {
  readonly partition: number;
  readonly position?: number;
  readonly lag?: number;
  readonly stalenessMs?: number;
}

/** A request of another process. */
export interface PeerRequest {
  readonly operation: string;
  readonly store: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly partitions: readonly number[];
  readonly after: string;
}
