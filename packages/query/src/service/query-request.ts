import type { Cancel } from '@kstreams/core/graph';
import type { AccessRequest, QueryOperation } from '../access.js';
import type { CountBody, StoresBody } from '../protocol/bodies.js';
import type { FoundRow, Page } from '../reads/local-reads.js';

/** A query of any protocol. */
export interface QueryRequest {
  readonly operation: QueryOperation;
  /** Undefined for the list of stores. */
  readonly store: string | undefined;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly headers: AccessRequest['headers'];
  /** Calls a listener when the client leaves; at once if it has left. Returns its removal. */
  readonly onceLeft: (listener: () => void) => Cancel;
}

/** A page as a result. */
export interface PageResult {
  readonly kind: 'page';
  readonly page: Page;
  /** The token of the next page; undefined after the last one, and for other processes, which merge pages. */
  readonly next: string | undefined;
  /** True for another process: it needs the places of rows. */
  readonly forwarded: boolean;
}

/** The result of a query. */
export type QueryResult =
  | { readonly kind: 'stores'; readonly stores: StoresBody }
  | { readonly kind: 'row'; readonly row: FoundRow }
  | PageResult
  | { readonly kind: 'count'; readonly count: CountBody };
