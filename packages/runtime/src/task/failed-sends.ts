import {
  FencedError,
  type NodeId,
  type Outgoing,
  type Position,
  positionId,
  TransportError,
} from '@kstreams/core/graph';

/** The node of a punctuation, a schedule or timers, that sent a record. */
export interface PunctuationOrigin {
  readonly task: string;
  readonly node: NodeId;
}

/** An outgoing record with its cause. Changelog records have none. */
export interface CausedRecord extends Outgoing {
  /** The position of the source record that caused it. */
  readonly cause?: Position;
  /** The punctuation that caused it, if no record did. */
  readonly caller?: PunctuationOrigin;
}

/** A failed send of a punctuation. */
export interface FailedPunctuationSend {
  readonly record: CausedRecord & { readonly caller: PunctuationOrigin };
  readonly error: Error;
}

/** The failed output of a source record. */
export interface FailedSend {
  /** The first output of the source record that failed. */
  readonly record: CausedRecord;
  readonly error: Error;
  /** Number of times that output of the same source record has failed, from 1. */
  readonly attempt: number;
  /** Number of times that it failed together with output of other records. */
  suspected: number;
  /** The action when the source record is read again: judge it, commit it alone, or process it as usual. */
  next: 'judge' | 'isolate' | 'retry';
}

/** Maximum number of times that a record is committed alone to find out if its output failed. */
const maxSuspicions = 3;
/** Maximum number of punctuation sends with counted attempts. */
const maxCounted = 1_000;

/**
 * Output that the log refused, by the source record that caused it.
 *
 * The log reports a failure after the record is processed. The worker then rolls back to its last commit, and the error
 * policy judges the record when it is read again. A broker refuses whole batches: each of several suspects is first
 * processed and committed alone. Output of a punctuation is judged at once, and skipped when it is sent again. Temporary
 * failures are not recorded.
 */
export class FailedSends {
  readonly #byCause = new Map<string, FailedSend>();
  readonly #new = new Map<string | undefined, FailedSend>();
  readonly #newPunctuations: FailedPunctuationSend[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #skipped = new Set<string>();

  /** Adds a record that the log refused. */
  add(record: CausedRecord, error: Error): void {
    if (error instanceof FencedError || (error instanceof TransportError && error.retriable)) return;
    if (isOfPunctuation(record)) {
      this.#newPunctuations.push({ record, error });
      return;
    }
    const id = record.cause && positionId(record.cause);
    if (this.#new.has(id)) return;
    const former = id === undefined ? undefined : this.#byCause.get(id);
    const attempt = (former?.attempt ?? 0) + (former?.next === 'isolate' ? 0 : 1);
    this.#new.set(id, { record, error, attempt, suspected: former?.suspected ?? 0, next: 'judge' });
  }

  /** True when sends have failed since the last `take`. */
  get hasNew(): boolean {
    return this.#new.size + this.#newPunctuations.length > 0;
  }

  /** Returns the first new failure of a record, one of a changelog before others. Failures of punctuations are separate. */
  take(): FailedSend | undefined {
    const [first] = this.#new.values();
    const uncaused = this.#new.get(undefined);
    const several = this.#new.size + this.#newPunctuations.length > 1;
    for (const [id, failed] of this.#new) {
      if (several && ++failed.suspected <= maxSuspicions) failed.next = 'isolate';
      if (id !== undefined) this.#byCause.set(id, failed);
    }
    this.#new.clear();
    return uncaused ?? first;
  }

  /** Returns the new failures of punctuations. */
  takePunctuations(): readonly FailedPunctuationSend[] {
    return this.#newPunctuations.splice(0);
  }

  /** Counts and returns the attempts at the same output of the same punctuation. */
  attempt({ record }: FailedPunctuationSend): number {
    if (this.#attempts.size > maxCounted) this.#attempts.clear();
    const attempt = (this.#attempts.get(contentOf(record)) ?? 0) + 1;
    this.#attempts.set(contentOf(record), attempt);
    return attempt;
  }

  /** Skips the next send of the same output of the same punctuation. */
  skipOnce({ record }: FailedPunctuationSend): void {
    this.#attempts.delete(contentOf(record));
    this.#skipped.add(contentOf(record));
  }

  /** True for output that has to be skipped now. */
  skips(record: CausedRecord): boolean {
    return this.#skipped.size > 0 && isOfPunctuation(record) && this.#skipped.delete(contentOf(record));
  }

  /** True while there are source records with failed output. */
  get any(): boolean {
    return this.#byCause.size > 0;
  }

  /** Returns the failed output of a source record that has to be judged now. */
  toJudge(position: Position): FailedSend | undefined {
    if (this.#byCause.size === 0) return undefined;
    const failed = this.#byCause.get(positionId(position));
    return failed?.next === 'judge' ? failed : undefined;
  }

  /** True for a source record that has to be committed alone. */
  isolates(position: Position): boolean {
    return this.#byCause.get(positionId(position))?.next === 'isolate';
  }

  /** Forgets the source records before committed positions. */
  committed(positions: readonly Position[]): void {
    if (this.#byCause.size === 0) return;
    for (const [id, { record }] of this.#byCause) {
      const { offset, partition, topic } = record.cause as Position;
      const over = positions.some((one) => one.topic === topic && one.partition === partition && one.offset > offset);
      if (over) this.#byCause.delete(id);
    }
  }
}

const isOfPunctuation = (record: CausedRecord): record is FailedPunctuationSend['record'] =>
  record.caller !== undefined;

/** Returns the identity of output of a punctuation: all but its timestamp and headers. */
const contentOf = ({ caller, key, topic, value }: FailedPunctuationSend['record']): string =>
  JSON.stringify([caller.task, caller.node, topic, key && [...key], value && [...value]]);
