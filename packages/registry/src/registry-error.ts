/** A request that a schema registry refused, or that failed. */
export class RegistryError extends Error {
  /** The HTTP status; undefined when there was no response. */
  readonly status: number | undefined;
  /** The registry's own code, such as 40403 for an unknown schema. */
  readonly code: number | undefined;

  constructor(message: string, { status, code, cause }: { status?: number; code?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.name = 'RegistryError';
    this.status = status;
    this.code = code;
  }

  /** True when the same request may succeed later: without a response, and for time-outs, throttling and server errors. */
  get retriable(): boolean {
    const { status } = this;
    return status === undefined || retriable.has(status) || status >= 500;
  }
}

const retriable = new Set([408, 425, 429]);
