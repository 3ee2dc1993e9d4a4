import { ConfigError } from '../graph/errors.js';

/** Any function of the user's, whatever it takes. */
export type Callback = (...given: never[]) => unknown;

/** What a callback returns, unless that is a promise, which nobody would wait for. */
export type Sync<R> = R extends PromiseLike<unknown> ? 'returns a promise: use mapAsync' : R;

/** What a mapper returns: no promise, and something; what is absent in Kafka is null. */
export type Given<R> =
  R extends PromiseLike<unknown>
    ? 'returns a promise: use mapAsync'
    : R extends void
      ? "returns undefined: return a value, or null for Kafka's null"
      : R;

/** What no promise is; together with a type it says so to a callback that returns a promise of that type. */
export interface NoPromise {
  readonly then?: 'returns a promise: use mapAsync';
}

/** Refuses an async function where a step calls it: every record would be done before its result is there. */
export const refuseAsync = (step: string, callback: Callback | undefined): void => {
  const kind = Object.prototype.toString.call(callback);
  if (kind !== '[object AsyncFunction]' && kind !== '[object AsyncGeneratorFunction]') return;
  throw new ConfigError(`the function of ${step} returns a promise: use mapAsync`);
};

/** What a mapper must give: `undefined` is no value, and Kafka's null is `null`. */
export const given = <T>(value: T, operator: string): T => {
  if (value !== undefined) return value;
  throw new TypeError(`${operator} returned undefined: return a value, or null for Kafka's null`);
};
