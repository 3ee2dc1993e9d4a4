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
export interface RowBody {
  readonly key: unknown;
  readonly value: unknown;
  /** The timestamp of the update that wrote it, in ms. */
  readonly timestamp: number;
}

/** The response of a scan. */
export interface PageBody {
  readonly rows: readonly RowBody[];
  /** The token of the next page; absent after the last row. */
  readonly next?: string;
}

/** The page of a process for another one. */
export interface ForwardedPage {
  readonly rows: readonly RowBody[];
  /** The partition and the row key in base64 of each row. */
  readonly places: readonly (readonly [partition: number, rowKey: string])[];
  readonly more: boolean;
}

/** The response of a count. */
export interface CountBody {
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
export interface ProblemBody {
  /** `urn:kstreams:problem:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}
