import {
  FencedError,
  type NodeId,
  type Outgoing,
  type Position,
  partitionId,
  positionId,
  type Refusal,
  recordSize,
  TransportError,
} from '@kstreams/core/graph';
import { CommitSearch } from './commit-search.js';
import type { TopicLimits } from './topic-limits.js';

/** The node of a punctuation, a schedule or timers, that sent a record. */
export interface PunctuationOrigin {
  readonly task: string;
  readonly node: NodeId;
}

/** An outgoing record with its cause. Changelog records have none. */
export interface CausedRecord extends Outgoing {
  /** The position of the source record that caused it. */
  readonly cause?: Position;
  /** True for the dead letter of its cause. */
  readonly letter?: boolean;
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
  /** The first output of the source record that failed, or the row that it changed. */
  readonly record: CausedRecord;
  readonly error: Error;
  /** Number of times that output of the same source record has failed, from 1. */
  readonly attempt: number;
  /** True when the source record is judged as soon as it is read again; false when it is processed as usual. */
  judge: boolean;
}

/** A record that the log refused. */
interface Refused {
  readonly record: CausedRecord;
  readonly error: Error;
  readonly refusal: Refusal;
}

/** The progress that refused records allow. */
export interface RefusedCommit {
  /** The first error. */
  readonly error: Error;
  /**
   * The source records are known, or fewer records are suspected: `found`. No record caused it: `unknown`. A changelog refuses
   * rows for no reason in them: `fatal`.
   */
  readonly outcome: 'found' | 'unknown' | 'fatal';
}

/** Maximum number of punctuation sends with counted attempts. */
const maxCounted = 1_000;
/** Number of pieces of work without a refusal after which records are sent in batches again. */
const batchedAfter = 10_000;

/**
 * Records that the log refused, by the source record that caused them.
 *
 * The log reports a refusal after the record is processed. The worker then rolls back to its last commit, and the error
 * policy judges the record when it is read again. A log may refuse a batch because of one record: from then on each record is
 * sent alone, until none was refused for a while. For a row of a changelog, a {@link CommitSearch} finds the record. Output of
 * a punctuation is judged at once, and skipped when it is sent again. Temporary failures are not recorded.
 */
export class FailedSends {
  readonly #limits: TopicLimits;
  readonly #search = new CommitSearch();
  readonly #byCause = new Map<string, FailedSend>();
  /** Number of refused dead letters, by the source record. */
  readonly #letters = new Map<string, { readonly cause: Position; count: number }>();
  readonly #new: Refused[] = [];
  readonly #newPunctuations: FailedPunctuationSend[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #skipped = new Set<string>();
  #unbatched = false;
  /** True when each record since the last restart was sent alone. */
  #sentAlone = false;
  /** Number of pieces of work that were committed since the last refusal. */
  #accepted = 0;

  constructor(limits: TopicLimits) {
    this.#limits = limits;
  }

  /** True while each record is to be sent alone. */
  get unbatched(): boolean {
    return this.#unbatched;
  }

  /** Adds a record that the log refused. */
  add(record: CausedRecord, error: Error, refusal: Refusal): void {
    if (error instanceof FencedError || (error instanceof TransportError && error.retriable)) return;
    this.#accepted = 0;
    if (refusal !== 'record') this.#unbatched = true;
    if (isOfPunctuation(record)) this.#newPunctuations.push({ record, error });
    else this.#new.push({ record, error, refusal });
  }

  /** True when sends have failed since the last `take`. */
  get hasNew(): boolean {
    return this.#new.length + this.#newPunctuations.length > 0;
  }

  /** Attributes the new failures, except those of punctuations, to source records; undefined without any. */
  take(): RefusedCommit | undefined {
    const refused = this.#new.splice(0);
    const [first] = refused;
    if (first === undefined) return undefined;
    const fatal = refused.find(({ record, refusal }) => record.cause === undefined && refusal === 'topic');
    if (fatal !== undefined) return { error: fatal.error, outcome: 'fatal' };
    const blamed = new Set<string>();
    const open = [...batches(refused)].flatMap((batch) => this.#attribute(batch, blamed));
    const { only } = this.#search;
    if (open.length > 0 && only !== undefined) {
      for (const one of open) this.#blame(one, only, blamed);
      this.#search.found();
    }
    const narrows = open.length > 0 && only === undefined && (!this.#sentAlone || this.#search.refused());
    return { error: first.error, outcome: narrows || blamed.size > 0 ? 'found' : 'unknown' };
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

  /** True while source records have failed output, or are searched. */
  get any(): boolean {
    return this.#byCause.size > 0 || this.#search.active;
  }

  /** True when a commit must precede the next record. */
  get full(): boolean {
    return this.#search.full;
  }

  /** Begins again at the last commit, or with another producer. Records that were refused meanwhile are sent again. */
  restart(): void {
    this.#new.length = 0;
    this.#search.restart();
    this.#sentAlone = this.#unbatched;
  }

  /** Counts a piece of work: of a record, or of a punctuation without one. */
  began(record: Position | undefined): void {
    this.#search.began(record);
  }

  /** Returns the failed output of a source record that has to be judged now. */
  toJudge(position: Position): FailedSend | undefined {
    if (this.#byCause.size === 0) return undefined;
    const failed = this.#byCause.get(positionId(position));
    return failed?.judge === true ? failed : undefined;
  }

  /** Returns the number of times that the log refused the dead letter of a source record. */
  refusedLetters(position: Position): number {
    return this.#letters.size === 0 ? 0 : (this.#letters.get(positionId(position))?.count ?? 0);
  }

  /** Forgets the source records before committed positions. */
  committed(positions: readonly Position[]): void {
    this.#accepted += this.#search.count;
    if (this.#accepted >= batchedAfter) this.#unbatched = false;
    this.#search.committed();
    const over = ({ offset, partition, topic }: Position): boolean =>
      positions.some((one) => one.topic === topic && one.partition === partition && one.offset > offset);
    for (const [id, { record }] of this.#byCause) if (over(record.cause as Position)) this.#byCause.delete(id);
    for (const [id, { cause }] of this.#letters) if (over(cause)) this.#letters.delete(id);
  }

  /**
   * Blames the source records of a batch where they are known. Returns the other records. One that was refused alone shows a
   * limit of its topic.
   */
  #attribute(batch: readonly Refused[], blamed: Set<string>): readonly Refused[] {
    const causes = new Set(batch.map(({ record: { cause } }) => cause && positionId(cause)));
    return batch.filter((one) => {
      const { cause } = one.record;
      if (this.#sentAlone || batch.length === 1) this.#learn(one);
      const known = cause !== undefined && (one.refusal === 'record' || this.#sentAlone || causes.size === 1);
      if (known) this.#blame(one, cause, blamed);
      return !known;
    });
  }

  #learn({ record, refusal }: Refused): void {
    if (refusal === 'size') this.#limits.refusedSize(record.topic, recordSize(record));
    if (refusal === 'timestamp') this.#limits.refusedTimestamp(record.topic, record.timestamp);
  }

  #blame({ error, record }: Refused, cause: Position, blamed: Set<string>): void {
    const id = positionId(cause);
    if (blamed.has(id)) return;
    blamed.add(id);
    if (record.letter === true) {
      this.#letters.set(id, { cause, count: (this.#letters.get(id)?.count ?? 0) + 1 });
      return;
    }
    const attempt = (this.#byCause.get(id)?.attempt ?? 0) + 1;
    this.#byCause.set(id, { record: { ...record, cause }, error, attempt, judge: true });
  }
}

/** Returns refused records by partition. Records of different partitions are in different batches. */
const batches = (refused: readonly Refused[]): Iterable<readonly Refused[]> => {
  const byPartition = new Map<string, Refused[]>();
  for (const one of refused) {
    const id = partitionId(one.record);
    const batch = byPartition.get(id);
    if (batch === undefined) byPartition.set(id, [one]);
    else batch.push(one);
  }
  return byPartition.values();
};

const isOfPunctuation = (record: CausedRecord): record is FailedPunctuationSend['record'] =>
  record.caller !== undefined;

/** Returns the identity of output of a punctuation: all but its timestamp and headers. */
const contentOf = ({ caller, key, topic, value }: FailedPunctuationSend['record']): string =>
  JSON.stringify([caller.task, caller.node, topic, key && [...key], value && [...value]]);
