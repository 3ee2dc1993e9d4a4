/** What the client's error codes mean to the library. */
import { type ErrorPlace, FencedError, TransportError } from '@kstreams/core/graph';
import type { NativeError } from './addon.js';

/** Codes that this package acts upon; negative ones are the client's own. */
export const codes = {
  purgedInQueue: -152,
  purgedInFlight: -151,
  assign: -175,
  revoke: -174,
  wrongState: -172,
  timedOut: -185,
  queueFull: -184,
  fatal: -150,
  unknownTopic: 3,
  authorization: [29, 30, 53] as readonly number[],
  oldGeneration: 22,
  rebalancing: 27,
  topicExists: 36,
  oldLeader: 74,
  policyViolation: 44,
} as const;

/** Someone else has the place: fenced (-144), the generation (22), the member (25), the producer's epoch (47, 90), the instance (82). */
const fenced: ReadonlySet<number> = new Set([-144, 22, 25, 47, 82, 90]);

/**
 * What may well succeed on another try: time-outs and lost connections (-185, -192, -195, -187), a coordinator or leader that is
 * loading, moving or not known yet (-180, 3, 5, 6, 7, 8, 14, 15, 16), a leader that has changed (74, 75), offsets of an open transaction (88), an
 * overlapping transaction (51), a record that was refused or dropped because of another one (-138,
 * -151, -152).
 */
const passing: ReadonlySet<number> = new Set([
  -138, -151, -152, -185, -192, -195, -187, -180, 3, 5, 6, 7, 8, 14, 15, 16, 51, 74, 75, 88,
]);

/** True when another try may succeed. */
export const isPassing = ({ code, isRetriable }: NativeError): boolean => isRetriable === true || passing.has(code);

/** The library's error for one of the client's: what was tried, what it said, where. */
export const errorOf = (what: string, failure: NativeError, place: ErrorPlace = {}): FencedError | TransportError => {
  const message = `${what}: ${failure.message} (${failure.code})`;
  if (fenced.has(failure.code)) return new FencedError(message, place, failure);
  // A transaction that has to be aborted may succeed when it is begun anew.
  const passing = isPassing(failure) || failure.isTxnRequiresAbort === true;
  return new TransportError(message, place, failure, passing);
};

/** Calls a function of the client that answers at once; what it throws becomes the library's error. */
export const attempt = <A>(what: string, act: () => A): A => {
  try {
    return act();
  } catch (thrown) {
    throw errorOf(what, thrown as NativeError);
  }
};
