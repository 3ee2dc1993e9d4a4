import { createHash, timingSafeEqual } from 'node:crypto';
import { ConfigError } from '@kstreams/core/graph';

/** The kinds of queries. */
export type QueryOperation = 'stores' | 'get' | 'rows' | 'windows' | 'count' | 'changes';

/** A query before it is allowed. */
export interface AccessRequest {
  readonly operation: QueryOperation;
  /** The name of the store, which may not exist; undefined for the list of stores. */
  readonly store: string | undefined;
  /** The headers of a request over HTTP, or the metadata of a call over gRPC. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Resolves to true for an allowed query. A query that it refuses is a 401 without an `authorization` header, else a 403. */
export type Authorize = (request: AccessRequest) => boolean | Promise<boolean>;

/**
 * Allows queries with a bearer token. Tokens are compared in constant time.
 *
 * @throws ConfigError for a token shorter than 16 characters.
 *
 * @example
 * const server = queryServer({ authorize: bearer(process.env.QUERY_TOKEN ?? '') })
 */
export const bearer = (token: string): Authorize => {
  if (typeof token !== 'string' || token.length < 16)
    throw new ConfigError(
      'the token of bearer has fewer than 16 characters: use a random text, such as of 32 characters',
    );
  const expected = digest(token);
  return ({ headers: { authorization } }) => {
    const [, given] = (typeof authorization === 'string' && /^Bearer +(\S+)$/i.exec(authorization)) || [];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
};

/** Allows every query. The server then refuses hosts other than the loopback address, against pages that rebind names. */
export const anyone: Authorize = () => true;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
