/** Failures of requests: the codes of the protocol, and those of librdkafka for failures without one. */
import { messageOf } from '@kstreams/core/graph';
import type { ClientError } from '@kstreams/kafka-common';
import { type GenericError, protocolErrors, protocolErrorsCodesById } from '@platformatic/kafka';

/** The codes of failures before a broker has responded, and others that are not in the protocol's errors. */
export const failureCodes = {
  lostConnection: -195,
  timedOut: -185,
  notDelivered: -192,
  unknownPartition: -190,
  wrongState: -172,
  missingTopic: -188,
  topicAuthorization: 29,
  offsetOutOfRange: 1,
  unknownTopic: 3,
  notLeader: 6,
  coordinatorLoading: 14,
  noCoordinator: 15,
  notCoordinator: 16,
  recordTooLarge: 10,
  memberUnknown: 25,
  oldSequence: 45,
  duplicateSequence: 46,
  fencedEpoch: 47,
  wrongTransactionState: 48,
  unknownProducer: 59,
  idExpired: 49,
  concurrentTransaction: 51,
  authenticationFailed: 58,
  unsupportedMechanism: 33,
  memberIdRequired: 79,
  groupIdMissing: 69,
  unknownTopicId: 100,
  fencedMember: 110,
  unreleasedInstance: 111,
  staleMember: 113,
  abortable: 120,
} as const;

/** The codes after which a transaction must abort and the next one may succeed. */
const requiresAbort: ReadonlySet<number> = new Set([
  failureCodes.wrongTransactionState,
  failureCodes.idExpired,
  failureCodes.oldSequence,
  failureCodes.unknownProducer,
  failureCodes.abortable,
  27,
]);

/** Retriable codes of the protocol that librdkafka does not pass on. */
const retriable: ReadonlySet<number> = new Set([9, 13, 19, 20, 56, 100, 103, failureCodes.staleMember]);

/** A failed request with its code. */
export class RequestError extends Error implements ClientError {
  readonly code: number;
  readonly isRetriable: boolean;
  readonly isTxnRequiresAbort: boolean;

  constructor(code: number, message: string = textOf(code), cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RequestError';
    this.code = code;
    this.isRetriable = retriable.has(code);
    this.isTxnRequiresAbort = requiresAbort.has(code);
  }
}

/** Throws the error of a code, unless it is 0. */
export const throwIf = (code: number, message?: string | null): void => {
  if (code !== 0) throw new RequestError(code, message ?? undefined);
};

/** Returns the error of a request that had no response. */
export const requestErrorOf = (thrown: unknown): RequestError => {
  if (thrown instanceof RequestError) return thrown;
  const found = thrown instanceof Error && 'findBy' in thrown ? (thrown as GenericError) : undefined;
  const refused = found?.findBy('code', 'PLT_KFK_AUTHENTICATION');
  if (refused) return new RequestError(failureCodes.authenticationFailed, wordsOf(thrown), thrown);
  // A time-out of the package has the code of a network error.
  const timedOut = found !== undefined && found.message === 'Request timed out';
  const code = timedOut ? failureCodes.timedOut : failureCodes.lostConnection;
  return new RequestError(code, wordsOf(thrown), thrown);
};

/** Returns the message of an error with that of its first cause, in the words of the broker where it has some. */
const wordsOf = (thrown: unknown): string => {
  const first = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const cause = first instanceof Error ? deepestCause(first) : undefined;
  const words = cause === undefined ? [first] : [first, cause];
  return [...new Set(words.map((one) => messageFrom(one).replace(/\.$/, '')))].join(': ');
};

const messageFrom = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return messageOf(thrown);
  const { serverErrorMessage } = thrown as { readonly serverErrorMessage?: string | null };
  return serverErrorMessage || thrown.message;
};

const deepestCause = (error: Error): unknown => {
  const cause = error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
  if (cause === undefined) return undefined;
  return (cause instanceof Error ? deepestCause(cause) : undefined) ?? cause;
};

const textOf = (code: number): string => {
  const id = protocolErrorsCodesById[code];
  const text = id === undefined ? undefined : protocolErrors[id]?.message;
  return (text ?? 'unknown error').replace(/\.$/, '');
};
