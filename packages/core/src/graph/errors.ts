/**
 * The library's errors. Each says what failed, where, why (`cause`) and what to do next, and carries a `code` to test for.
 */

/** Where in a topology and in its input something failed, as far as it is known. */
export interface ErrorPlace {
  readonly node?: string;
  readonly task?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
}

/** What every error of the library is. */
export class StreamsError extends Error {
  /** A stable word for programs to test for, such as `KSTREAMS_SERDE`. */
  readonly code: string;
  /** The message without the place, for an error around this one that names the place itself. */
  readonly reason: string;
  readonly place: ErrorPlace;

  constructor(code: string, message: string, place: ErrorPlace = {}, cause?: unknown) {
    super(message + describePlace(place), cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.reason = message;
    this.place = place;
  }
}

const describePlace = ({ node, task, topic, partition, offset }: ErrorPlace): string => {
  const parts: string[] = [];
  if (node !== undefined) parts.push(`node ${node}`);
  if (task !== undefined) parts.push(`task ${task}`);
  if (topic !== undefined) parts.push(`topic ${topic}`);
  if (partition !== undefined) parts.push(`partition ${partition}`);
  if (offset !== undefined) parts.push(`offset ${offset}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

/** A setting or an argument that cannot be: thrown by the very call that was given it. */
export class ConfigError extends StreamsError {
  constructor(message: string, cause?: unknown) {
    super('KSTREAMS_CONFIG', message, {}, cause);
  }
}

/** A topology that cannot be built or run: names the nodes, stores and topics in the way. */
export class TopologyError extends StreamsError {
  constructor(message: string, place: ErrorPlace = {}) {
    super('KSTREAMS_TOPOLOGY', message, place);
  }
}

/** Bytes that are not a value of their serde, or a value that the serde cannot write. */
export class SerdeError extends StreamsError {
  constructor(message: string, place: ErrorPlace = {}, cause?: unknown) {
    super('KSTREAMS_SERDE', message, place, cause);
  }
}

/** What a user's function or an operator threw, with the node and the record at which it did. */
export class ProcessingError extends StreamsError {
  constructor(message: string, place: ErrorPlace, cause?: unknown) {
    super('KSTREAMS_PROCESSING', message, place, cause);
  }
}

/** A record that could not be written: its serde refused it, or the log. `place` is that of the record it came from. */
export class ProductionError extends StreamsError {
  constructor(message: string, place: ErrorPlace, cause?: unknown) {
    super('KSTREAMS_PRODUCTION', message, place, cause);
  }
}

/** A log, a broker or a client that refused or failed. `retriable` tells whether the same call may succeed later. */
export class TransportError extends StreamsError {
  readonly retriable: boolean;

  constructor(message: string, place: ErrorPlace = {}, cause?: unknown, retriable = false) {
    super('KSTREAMS_TRANSPORT', message, place, cause);
    this.retriable = retriable;
  }
}

/** A store or its backend that failed, or rows that cannot be what the store wrote. */
export class StateError extends StreamsError {
  constructor(message: string, place: ErrorPlace = {}, cause?: unknown) {
    super('KSTREAMS_STATE', message, place, cause);
  }
}

/**
 * A backend that could not read or write: the failure of a disk, and of no record, so that no error policy judges it.
 * `damaged` tells that rows are not as they were written.
 */
export class StorageError extends StateError {
  readonly damaged: boolean;

  constructor(message: string, cause?: unknown, damaged = false) {
    super(message, {}, cause);
    this.damaged = damaged;
  }
}

/** What a producer or a group member gets once another has taken its place: give up the tasks and join again. */
export class FencedError extends StreamsError {
  constructor(message: string, place: ErrorPlace = {}, cause?: unknown) {
    super('KSTREAMS_FENCED', message, place, cause);
  }
}

/** The message of anything thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** What anything thrown says, without its place: for an error around it that names the place itself. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof StreamsError ? thrown.reason : messageOf(thrown);
