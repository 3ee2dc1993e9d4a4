/** A naive log: arrays of records, searched from the front. The real log must return the same. */

/** A record of the model. */
export interface ModelRecord {
  readonly offset: number;
  readonly key: string;
  readonly value: string | null;
  readonly timestamp: number;
  /** The transaction of the record. */
  readonly transaction: ModelTransaction | undefined;
}

/** A transaction of the model. */
export interface ModelTransaction {
  state: 'open' | 'committed' | 'aborted';
}

/** One partition of the model. */
export class ModelPartition {
  readonly compacted: boolean;
  records: ModelRecord[] = [];
  start = 0;
  end = 0;

  constructor(compacted: boolean) {
    this.compacted = compacted;
  }

  append(record: Omit<ModelRecord, 'offset'>): void {
    this.records.push({ ...record, offset: this.end++ });
  }

  /** The first offset of an open transaction, or the end. */
  get stable(): number {
    const open = this.records.find(({ transaction }) => transaction?.state === 'open');
    return open?.offset ?? this.end;
  }

  /** Returns the readable records from an offset on. */
  readable(isolation: 'committed' | 'latest', from = 0): readonly ModelRecord[] {
    const { stable } = this;
    return this.records.filter(
      ({ offset, transaction }) =>
        offset >= from && (isolation === 'latest' || (offset < stable && transaction?.state !== 'aborted')),
    );
  }

  /** Ends a transaction, whose marker occupies an offset. */
  finish(transaction: ModelTransaction): void {
    if (this.records.some((record) => record.transaction === transaction)) this.end++;
  }

  purge(before: number): void {
    this.start = Math.max(this.start, Math.min(before, this.stable));
    this.records = this.records.filter(({ offset }) => offset >= this.start);
  }

  clean(): void {
    if (!this.compacted) return;
    const { stable } = this;
    const latest = new Map(this.readable('committed').map((record) => [record.key, record.offset] as const));
    this.records = this.records.filter(
      ({ offset, key, transaction }) =>
        offset >= stable || (transaction?.state !== 'aborted' && latest.get(key) === offset),
    );
  }
}
