import type { CommittedOffset } from '@kstreams/core/graph';
import type { GroupOffsets } from '../groups/group-offsets.js';
import type { PartitionLog } from '../log/partition-log.js';
import type { Writer } from '../log/writer.js';

/**
 * What one producer writes between `begin` and the end: records of partitions and offsets of groups. It ends in one
 * entry of the writer, so all of it becomes readable at once, or none; one that a crash left open is aborted at opening.
 */
export class Transaction {
  /** Unique among those of one opening of the log. */
  readonly number: number;
  /** The partitions with records of it. */
  readonly partitions = new Set<PartitionLog>();
  /** Settles when it has ended, either way. */
  readonly ended: Promise<void>;
  readonly #offsets = new Map<string, CommittedOffset[]>();
  readonly #groups: GroupOffsets;
  readonly #writer: Writer;
  #settle: () => void = () => {};
  #ending = false;

  constructor(number: number, groups: GroupOffsets, writer: Writer) {
    this.number = number;
    this.#groups = groups;
    this.#writer = writer;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** True until its end was asked for. */
  get open(): boolean {
    return !this.#ending;
  }

  /** Adds a group's offsets; who asks for what the group committed waits for this transaction from now on. */
  addOffsets(group: string, offsets: readonly CommittedOffset[]): void {
    this.#offsets.set(group, [...(this.#offsets.get(group) ?? []), ...offsets]);
    this.#groups.await(group, offsets, this);
  }

  /** Ends it; resolves once that is in the database. */
  async end(outcome: 'commit' | 'abort'): Promise<void> {
    this.#ending = true;
    const aborted = outcome === 'abort';
    const ends = [...this.partitions].map((log) => log.finish(this.number, aborted));
    const commits = aborted ? [] : [...this.#offsets].map((one) => this.#groups.entry(...one));
    const parts = [...ends, ...commits];
    this.#writer.push({
      puts: () => parts.flatMap(({ puts }) => puts()),
      written: () => {
        for (const { written } of parts) written();
        this.#settle();
      },
    });
    await this.#writer.flush();
  }
}
