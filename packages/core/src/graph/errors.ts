/** The node and the input position of a failure. Unknown parts are missing. */
export interface ErrorLocation {
  readonly node?: string;
  readonly task?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
}

/** The base of all errors of the library: the message has the failure, its location and the remedy. */
export class StreamsError extends Error {
  /** A stable code for programs, such as `KSTREAMS_SERDE`. */
  readonly code: string;
  /** The message without the location, for an enclosing error that has a location. */
  readonly reason: string;
  readonly location: ErrorLocation;

  constructor(code: string, message: string, location: ErrorLocation = {}, cause?: unknown) {
    super(message + describeLocation(location), cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.reason = message;
    this.location = location;
  }
}

const describeLocation = ({ node, task, topic, partition, offset }: ErrorLocation): string => {
  const parts: string[] = [];
  if (node !== undefined) parts.push(`node ${node}`);
  if (task !== undefined) parts.push(`task ${task}`);
  if (topic !== undefined) parts.push(`topic ${topic}`);
  if (partition !== undefined) parts.push(`partition ${partition}`);
  if (offset !== undefined) parts.push(`offset ${offset}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

/** An invalid setting or argument, thrown by the call that received it. */
export class ConfigError extends StreamsError {
  constructor(message: string, cause?: unknown) {
    super('KSTREAMS_CONFIG', message, {}, cause);
  }
}

/** A topology that cannot be built or run. Names its nodes, stores and topics. */
export class TopologyError extends StreamsError {
  constructor(message: string, location: ErrorLocation = {}) {
    super('KSTREAMS_TOPOLOGY', message, location);
  }
}

/** Bytes that a serde cannot decode, or a value that it cannot encode. */
export class SerdeError extends StreamsError {
  constructor(message: string, location: ErrorLocation = {}, cause?: unknown) {
    super('KSTREAMS_SERDE', message, location, cause);
  }
}

/** An error of a user's function or an operator, with its node and record. */
export class ProcessingError extends StreamsError {
  constructor(message: string, location: ErrorLocation, cause?: unknown) {
    super('KSTREAMS_PROCESSING', message, location, cause);
  }
}

/** A record that could not be sent. `location` is that of the record it was derived from. */
export class ProductionError extends StreamsError {
  constructor(message: string, location: ErrorLocation, cause?: unknown) {
    super('KSTREAMS_PRODUCTION', message, location, cause);
  }
}

/** A failed call to a log, a broker or a client. `retriable` is true when the same call may succeed later. */
export class TransportError extends StreamsError {
  readonly retriable: boolean;

  constructor(message: string, location: ErrorLocation = {}, cause?: unknown, retriable = false) {
    super('KSTREAMS_TRANSPORT', message, location, cause);
    this.retriable = retriable;
  }
}

/** A failed store or backend, or rows that cannot be decoded. */
export class StateError extends StreamsError {
  constructor(message: string, location: ErrorLocation = {}, cause?: unknown) {
    super('KSTREAMS_STATE', message, location, cause);
  }
}

/**
 * A backend that could not read or write. The error policy is not called, since no record failed. `damaged` is true when
 * rows differ from the written ones.
 */
export class StorageError extends StateError {
  readonly damaged: boolean;

  constructor(message: string, cause?: unknown, damaged = false) {
    super(message, {}, cause);
    this.damaged = damaged;
  }
}

/** A producer or group member that was replaced by another. It gives up its tasks and joins again. */
export class FencedError extends StreamsError {
  constructor(message: string, location: ErrorLocation = {}, cause?: unknown) {
    super('KSTREAMS_FENCED', message, location, cause);
  }
}

/** Returns the message of a thrown value. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Returns the message of a thrown value without its location, for an enclosing error that has a location. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof StreamsError ? thrown.reason : messageOf(thrown);
