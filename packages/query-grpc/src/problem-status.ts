import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { Problem, type ProblemCode, type StaleBody, unavailable } from '@kstreams/query/service';

const statuses: Readonly<Record<ProblemCode, status>> = {
  'bad-request': status.INVALID_ARGUMENT,
  unauthorized: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  'not-found': status.NOT_FOUND,
  'no-such-store': status.NOT_FOUND,
  'no-such-row': status.NOT_FOUND,
  'method-not-allowed': status.UNIMPLEMENTED,
  misdirected: status.FAILED_PRECONDITION,
  'too-many-queries': status.RESOURCE_EXHAUSTED,
  'too-large': status.RESOURCE_EXHAUSTED,
  failed: status.INTERNAL,
  unavailable: status.UNAVAILABLE,
  'too-slow': status.DEADLINE_EXCEEDED,
};

/** Returns the status of a problem. Its metadata has the code of the problem and the copies that were read. */
export const problemStatus = ({ code, headers, message, stale }: Problem): StatusObject => {
  const metadata = new Metadata();
  metadata.set('kstreams-problem', code);
  const retry = headers['retry-after'];
  if (retry !== undefined) metadata.set('retry-after', retry);
  if (stale.length > 0) metadata.set('kstreams-stale', JSON.stringify(stale));
  return { code: statuses[code], details: message, metadata };
};

/** Returns the problem of a failed call; undefined when the other process did not respond with one. */
export const problemOfStatus = (thrown: unknown): Problem | undefined => {
  const { details, metadata } = thrown as Partial<ServiceError>;
  const [code] = metadata?.get('kstreams-problem') ?? [];
  if (typeof code !== 'string' || !Object.hasOwn(statuses, code)) return undefined;
  if (code === 'unavailable') return unavailable(String(details));
  const [stale = '[]'] = metadata?.get('kstreams-stale') ?? [];
  return new Problem(code as ProblemCode, String(details), {}, JSON.parse(String(stale)) as readonly StaleBody[]);
};
