import type { ProblemBody, ProblemCode, StaleBody } from '../protocol/bodies.js';

const problems: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  'bad-request': [400, 'The request is invalid'],
  unauthorized: [401, 'The request has no valid token'],
  forbidden: [403, 'The request is not allowed'],
  'not-found': [404, 'There is no such resource'],
  'no-such-store': [404, 'There is no such store'],
  'no-such-row': [404, 'The key has no row'],
  'method-not-allowed': [405, 'The method is not supported'],
  misdirected: [421, 'The host is not served'],
  'too-many-queries': [429, 'Too many queries run at once'],
  failed: [500, 'The query failed'],
  unavailable: [503, 'The rows cannot be read now'],
  'too-slow': [504, 'The query took too long'],
  'too-large': [500, 'The result is too large'],
};

/** An error with an HTTP response. Its detail holds no row and no secret. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  /** The copies that were read. */
  readonly stale: readonly StaleBody[];

  constructor(
    code: ProblemCode,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    stale: readonly StaleBody[] = [],
  ) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.headers = headers;
    this.stale = stale;
  }

  get status(): number {
    return problems[this.code][0];
  }

  get body(): ProblemBody {
    const [status, title] = problems[this.code];
    return {
      type: `urn:kstreams:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      ...(this.stale.length > 0 && { stale: this.stale }),
    };
  }
}

/** Returns the problem of rows that a later request may read. */
export const unavailable = (detail: string): Problem => new Problem('unavailable', detail, { 'retry-after': '1' });
