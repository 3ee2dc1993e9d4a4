import {
  FencedError,
  type NodeId,
  type Outgoing,
  type Position,
  positionId,
  TransportError,
} from '@kstreams/core/graph';

/** A step of a task that was called because it was time: its schedule, or its timers. */
export interface Caller {
  readonly task: string;
  readonly node: NodeId;
}

/** A record on its way to the log, with what caused it; a changelog's has neither. */
export interface Caused extends Outgoing {
  /** The place of the record that was read. */
  readonly cause?: Position;
  /** Whose call it was, where it was no record. */
  readonly caller?: Caller;
}

/** Output of a call that the log refused. */
export interface FailedCallSend {
  readonly record: Caused & { readonly caller: Caller };
  readonly error: Error;
}

/** Output that the log refused. */
export interface FailedSend {
  /** What was refused first of what a record caused. */
  readonly record: Caused;
  readonly error: Error;
  /** How often output of the same record was refused, from 1. */
  readonly attempt: number;
  /** How often it was refused together with that of other records. */
  suspected: number;
  /** What becomes of the record when it comes again: it is judged, or it is done by itself, or as if nothing had happened. */
  next: 'judge' | 'isolate' | 'retry';
}

/** How often a record is done by itself to find out whether it was its own output that was refused. */
const suspicions = 3;
/** Of how much output of calls it is known how often it was refused. */
const remembered = 1_000;

/**
 * The output that the log refused, by the record that caused it. The log says so later, when the record is done; so the
 * worker goes back to its last commit, and when the record comes again the error policy judges it. A broker refuses whole
 * batches: where several records are in question each is done and committed by itself first. The output
 * of a call is judged at once, and left out when the same comes again. FailedSends that pass, as when no broker answers, are
 * no matter of policy.
 */
export class FailedSends {
  readonly #byCause = new Map<string, FailedSend>();
  readonly #fresh = new Map<string | undefined, FailedSend>();
  readonly #calls: FailedCallSend[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #leftOut = new Set<string>();
  /** The tasks whose last record was done by itself. */
  readonly #isolated = new WeakSet<object>();
  readonly #requestCommit: () => void;

  constructor(requestCommit: () => void) {
    this.#requestCommit = requestCommit;
  }

  /** The log refused a record. */
  add(record: Caused, error: Error): void {
    if (error instanceof FencedError || (error instanceof TransportError && error.retriable)) return;
    if (isOfCall(record)) {
      this.#calls.push({ record, error });
      return;
    }
    const id = record.cause && positionId(record.cause);
    if (this.#fresh.has(id)) return;
    const former = id === undefined ? undefined : this.#byCause.get(id);
    const attempt = (former?.attempt ?? 0) + (former?.next === 'isolate' ? 0 : 1);
    this.#fresh.set(id, { record, error, attempt, suspected: former?.suspected ?? 0, next: 'judge' });
  }

  /** True when something was refused since this was last taken. */
  get fresh(): boolean {
    return this.#fresh.size + this.#calls.length > 0;
  }

  /** What was refused first since this was last called, that of a changelog before others; calls are asked for apart. */
  take(): FailedSend | undefined {
    const [first] = this.#fresh.values();
    const uncaused = this.#fresh.get(undefined);
    const several = this.#fresh.size + this.#calls.length > 1;
    for (const [id, refusal] of this.#fresh) {
      if (several && ++refusal.suspected <= suspicions) refusal.next = 'isolate';
      if (id !== undefined) this.#byCause.set(id, refusal);
    }
    this.#fresh.clear();
    return uncaused ?? first;
  }

  /** The output of calls that was refused since this was last called. */
  takeCalls(): readonly FailedCallSend[] {
    return this.#calls.splice(0);
  }

  /** How often the same output of the same call was judged, with this time. */
  attempt({ record }: FailedCallSend): number {
    if (this.#attempts.size > remembered) this.#attempts.clear();
    const attempt = (this.#attempts.get(sameAs(record)) ?? 0) + 1;
    this.#attempts.set(sameAs(record), attempt);
    return attempt;
  }

  /** Leaves out the same output of the same call when it comes again, once. */
  skipOnce({ record }: FailedCallSend): void {
    this.#attempts.delete(sameAs(record));
    this.#leftOut.add(sameAs(record));
  }

  /** True for output that is left out. */
  skips(record: Caused): boolean {
    return this.#leftOut.size > 0 && isOfCall(record) && this.#leftOut.delete(sameAs(record));
  }

  /** What was refused of the output of a record that comes again, if it is to be judged now. */
  of(position: Position): FailedSend | undefined {
    if (this.#byCause.size === 0) return undefined;
    const refusal = this.#find(position);
    return refusal?.next === 'judge' ? refusal : undefined;
  }

  /**
   * True while a commit has to come before a record, since its output may be refused and is committed by itself, or since
   * that was the case of the record before it.
   */
  keepsApart(position: Position | undefined, task: { readonly touched: boolean }): boolean {
    if (this.#byCause.size === 0 || position === undefined) return false;
    const isolates = this.#find(position)?.next === 'isolate';
    const waits = task.touched && (isolates || this.#isolated.has(task));
    if (waits) this.#requestCommit();
    else if (isolates) this.#isolated.add(task);
    else this.#isolated.delete(task);
    return waits;
  }

  /** Forgets the records before these positions: they are over. */
  committed(positions: readonly Position[]): void {
    if (this.#byCause.size === 0) return;
    for (const [id, { record }] of this.#byCause) {
      const { offset, partition, topic } = record.cause as Position;
      const over = positions.some((one) => one.topic === topic && one.partition === partition && one.offset > offset);
      if (over) this.#byCause.delete(id);
    }
  }

  #find(position: Position): FailedSend | undefined {
    return this.#byCause.get(positionId(position));
  }
}

const isOfCall = (record: Caused): record is FailedCallSend['record'] => record.caller !== undefined;

/** Equal for output that is the same but for its time. */
const sameAs = ({ caller, key, topic, value }: FailedCallSend['record']): string =>
  JSON.stringify([caller.task, caller.node, topic, key && [...key], value && [...value]]);
