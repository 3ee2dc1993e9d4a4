import type { CommittedOffset } from '@kstreams/core/graph';
import type { GroupOffsets } from '../groups/group-offsets.js';
import type { PartitionLog } from '../log/partition-log.js';
import type { LogWriter } from '../log/writer.js';

/**
 * A transaction of one producer: records and committed offsets between `begin` and the end. It ends in one entry of the
 * writer, so all of it becomes readable at once, or none. A transaction left open by a crash is aborted at opening.
 */
export class Transaction {
  /** Unique until the log is opened again. */
  readonly number: number;
  /** Partitions with records of the transaction. */
  readonly partitions = new Set<PartitionLog>();
  /** Resolves when the transaction is committed or aborted, or the log failed. */
  readonly ended: Promise<void>;
  readonly #offsets = new Map<string, CommittedOffset[]>();
  readonly #groups: GroupOffsets;
  readonly #writer: LogWriter;
  #settle: () => void = () => {};
  #ending = false;

  constructor(number: number, groups: GroupOffsets, writer: LogWriter) {
    this.number = number;
    this.#groups = groups;
    this.#writer = writer;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** True until `end` is called. */
  get open(): boolean {
    return !this.#ending;
  }

  /** Adds offsets of a group; reads of them wait until the transaction has ended. */
  addOffsets(group: string, offsets: readonly CommittedOffset[]): void {
    this.#offsets.set(group, [...(this.#offsets.get(group) ?? []), ...offsets]);
    this.#groups.await(group, offsets, this);
  }

  /** Commits or aborts; resolves once that is in the storage. */
  async end(outcome: 'commit' | 'abort'): Promise<void> {
    this.#ending = true;
    const aborted = outcome === 'abort';
    const ends = [...this.partitions].map((log) => log.finish(this.number, aborted));
    const commits = aborted ? [] : [...this.#offsets].map((one) => this.#groups.entry(...one));
    const parts = [...ends, ...commits];
    this.#writer.push({
      writes: () => parts.flatMap(({ writes }) => writes()),
      written: () => {
        for (const { written } of parts) written();
        this.#settle();
      },
    });
    await this.#writer.flush().finally(this.#settle);
  }
}
