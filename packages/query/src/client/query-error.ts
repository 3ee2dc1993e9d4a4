import { StreamsError } from '@kstreams/core/graph';
import type { ProblemBody, ProblemCode, StaleBody } from '../protocol/bodies.js';

/** A failed query: a refusal of the server, or no response within the time. */
export class QueryError extends StreamsError {
  /** The code of the server's problem; undefined without a valid response. */
  readonly problem: ProblemCode | undefined;
  /** The status of the response; undefined without one. */
  readonly status: number | undefined;
  /** The copies that the server read before it refused. */
  readonly stale: readonly StaleBody[] | undefined;

  constructor(message: string, problem?: ProblemCode, status?: number, cause?: unknown, stale?: ProblemBody['stale']) {
    super('KSTREAMS_QUERY', message, {}, cause);
    this.stale = stale;
    this.problem = problem;
    this.status = status;
  }
}

/** True when the same query may succeed later. */
export const isRetriable = ({ status }: QueryError): boolean =>
  status === undefined || status === 429 || status === 502 || status === 503 || status === 504;
