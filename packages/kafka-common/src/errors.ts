/** The error codes of Kafka and its clients, and the library errors made of them. */
import { type ErrorLocation, FencedError, type Refusal, TransportError } from '@kstreams/core/graph';

/** An error of a client or of a broker. */
export interface ClientError {
  /** The code of the protocol; negative for errors of the client itself, as in librdkafka. */
  readonly code: number;
  readonly message: string;
  readonly isFatal?: boolean;
  readonly isRetriable?: boolean;
  readonly isTxnRequiresAbort?: boolean;
}

/** The codes that the transports handle; negative ones are the client's own. */
export const codes = {
  revoke: -174,
  assign: -175,
  purgedInFlight: -151,
  purgedInQueue: -152,
  fatal: -150,
  noReset: -140,
  wrongState: -172,
  unknownPartition: -190,
  noEntry: -156,
  queueFull: -184,
  unknownTopic: 3,
  invalidPartitions: 37,
  oldGeneration: 22,
  rebalancing: 27,
  topicExists: 36,
  invalidConfig: 40,
  policyViolation: 44,
  tooLarge: 10,
  invalidTimestamp: 32,
  invalidRecord: 87,
  groupNotEmpty: 68,
  groupMissing: 69,
  oldLeader: 74,
  fencedInstance: 82,
  topicAuthorization: 29,
  groupAuthorization: 30,
  authorization: [29, 30, 31, 53] as readonly number[],
} as const;

/** Fencing: another client has taken over. Fenced (-144), generation (22), member (25), producer epoch (47, 90). */
const fenced: ReadonlySet<number> = new Set([-144, 22, 25, 47, 90]);

/**
 * Retriable codes: time-outs and lost connections (-185, -187, -192, -195), a coordinator or leader that is loading,
 * moving or unknown (-180, 3, 5, 6, 7, 8, 14, 15, 16), a changed leader (74, 75), a partition added since the last
 * metadata (-156), offsets of an open transaction (88), a
 * concurrent transaction (51), a record refused or purged because of another one (-138, -151, -152).
 */
const retriable: ReadonlySet<number> = new Set([
  -138, -151, -152, -156, -185, -192, -195, -187, -180, 3, 5, 6, 7, 8, 14, 15, 16, 51, 74, 75, 88,
]);

/** True when no broker responded in time (-185) or the connections are lost (-187, -195). */
export const isUnreachable = ({ code }: ClientError): boolean => code === -185 || code === -187 || code === -195;

/** True when a retry may succeed. */
export const isRetriable = ({ code, isRetriable }: ClientError): boolean => isRetriable === true || retriable.has(code);

/** Joining again would fence the other member in turn, so this ends the application. */
const sharedInstance = 'another process has joined the group with the same `instanceId`: give each process another one';

/**
 * Returns the library's error for a native one: the failed action, the client's message, its code and the place.
 * A transaction that must abort is retriable: the next one may succeed. `right` is the right that the action needs, such
 * as `Write on topic "orders"`.
 */
export const errorOf = (
  action: string,
  failure: ClientError,
  place: ErrorLocation = {},
  retry: boolean = isRetriable(failure) || failure.isTxnRequiresAbort === true,
  right?: string,
): FencedError | TransportError => {
  const { code } = failure;
  const message = `${action}: ${failure.message} (${code})`;
  if (fenced.has(code)) return new FencedError(message, place, failure);
  if (code === codes.fencedInstance) return new TransportError(`${message}: ${sharedInstance}`, place, failure);
  if (!codes.authorization.includes(code)) return new TransportError(message, place, failure, retry);
  return new TransportError(`${message}: ${missingRight(code, right)}`, place, failure);
};

/** Returns the error of a client that had a fatal error for a reason. */
export const fatalErrorOf = (action: string, failure: ClientError, reason: string): TransportError => {
  const remedy = reason.includes('group.instance.id') ? `: ${sharedInstance}` : '';
  return new TransportError(`${action}: ${reason} (${failure.code})${remedy}`, {}, failure);
};

/** The kind of resource of each authorization error. */
const resources: Readonly<Record<number, string>> = { 29: 'topic', 30: 'group', 31: 'cluster', 53: 'transactional id' };

/** Names the missing right, unless it is on another kind of resource than the broker refused. */
const missingRight = (code: number, right: string | undefined): string => {
  const resource = resources[code];
  const known = right?.includes(` on ${resource}`) === true;
  const lacks = known ? `needs the right ${right}` : `lacks a right on a ${resource}`;
  return `the user of the client ${lacks}: grant it; \`kstreams acls\` prints what an application needs`;
};

/**
 * Returns the reason of a refused record. Brokers name the invalid records of a batch, but the client passes that on for two
 * or more only.
 */
export const refusalOf = ({ code }: ClientError): Refusal => {
  if (code === codes.invalidRecord) return 'invalid';
  if (code === codes.invalidTimestamp) return 'timestamp';
  return code === codes.tooLarge ? 'size' : 'topic';
};
