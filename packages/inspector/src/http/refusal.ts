const titles = {
  400: 'The request is invalid',
  401: 'The request has no valid token',
  403: 'The request is not allowed',
  404: 'There is no such resource',
  405: 'The method is not supported',
  413: 'The request is too large',
  421: 'The host is not served',
  429: 'Too many requests at once',
  500: 'The request failed',
  503: 'The application is not running',
} as const;

/** An error with an HTTP response. Its message holds no record and no secret. */
export class Refusal extends Error {
  readonly status: keyof typeof titles;

  constructor(status: keyof typeof titles, detail: string) {
    super(detail);
    this.name = 'Refusal';
    this.status = status;
  }

  /** The body of the response: `application/problem+json` of RFC 9457. */
  get body() {
    return { type: 'about:blank', title: titles[this.status], status: this.status, detail: this.message };
  }
}
