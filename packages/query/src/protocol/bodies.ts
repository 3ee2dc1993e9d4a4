/** A store in the response of `GET /stores`. */
export interface StoreBody {
  readonly name: string;
  /** The kind of store, such as `'key-value'` or `'window'`. */
  readonly kind: string;
  /** The number of its partitions. */
  readonly partitions: number;
  /** The partitions that the responding process holds. */
  readonly local: readonly number[];
  /** True when its keys are windows. */
  readonly windowed: boolean;
}

/** The response of `GET /stores`. */
export interface StoresBody {
  readonly application: string;
  readonly stores: readonly StoreBody[];
}

/** A row in typed JSON. */
export interface RowBody extends StaleReads {
  readonly key: unknown;
  readonly value: unknown;
  /** The timestamp of the update that wrote it, in ms. */
  readonly timestamp: number;
}

/** A copy that was read instead of the rows of a running task. */
export interface StaleBody {
  readonly partition: number;
  /** The changelog offset before which the copy has all changes; absent for a copy without rows. */
  readonly position?: number;
  /** The number of changelog offsets that it is behind; absent where the end of the changelog is not known. */
  readonly lag?: number;
  /** The longest time that it is behind, in ms; absent where the copy was never known to be complete. */
  readonly staleness?: number;
}

/** The part of a response with the copies that were read. */
export interface StaleReads {
  /** Absent when all rows are current. */
  readonly stale?: readonly StaleBody[];
}

/** The response of a scan. */
export interface PageBody extends StaleReads {
  readonly rows: readonly RowBody[];
  /** The token of the next page; absent after the last row. */
  readonly next?: string;
}

/** The page of a process for another one. */
export interface ForwardedPage extends StaleReads {
  readonly rows: readonly RowBody[];
  /** The partition and the row key in base64 of each row. */
  readonly places: readonly (readonly [partition: number, rowKey: string])[];
  readonly more: boolean;
}

/** The response of a count. */
export interface CountBody extends StaleReads {
  readonly count: number;
}

/** The codes of the problems that a response may have. */
export type ProblemCode =
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'no-such-store'
  | 'no-such-row'
  | 'method-not-allowed'
  | 'misdirected'
  | 'too-many-queries'
  | 'unavailable'
  | 'too-slow'
  | 'too-large'
  | 'failed';

/** The body of an error: `application/problem+json` of RFC 9457. */
export interface ProblemBody extends StaleReads {
  /** `urn:kstreams:problem:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}
