import { OrderedSteps, toTypedJson } from '@kstreams/core/graph';
import type { CommittedRow, LocalStore, OpenStore } from '@kstreams/runtime';
import { rowJson } from '../reads/local-reads.js';

/** The rows that one commit changed in a partition. */
export interface CommittedChanges {
  /** The number of the commit. */
  readonly number: number;
  /** The changed rows as JSON texts, separated by commas. */
  readonly rows: string;
}

/** Follows the changes of a partition. */
export interface ChangeListener {
  changed(changes: CommittedChanges): void;
  /** Called once, when the partition has left this process or its changes cannot be read. */
  ended(error?: unknown): void;
}

/**
 * The last commits of an open partition, within a number of bytes. A position is the number of a commit in this history; it
 * means nothing in another one.
 */
export class ChangeHistory {
  readonly id = crypto.randomUUID().slice(0, 8);
  readonly #store: LocalStore;
  readonly #open: OpenStore;
  readonly #maxBytes: number;
  readonly #listeners = new Set<ChangeListener>();
  readonly #kept: CommittedChanges[] = [];
  readonly #steps = new OrderedSteps((error) => this.end(error));
  #bytes = 0;
  #published = 0;
  #delivered = 0;

  constructor(store: LocalStore, open: OpenStore, maxBytes: number) {
    this.#store = store;
    this.#open = open;
    this.#maxBytes = maxBytes;
  }

  /** The number of the last commit. */
  get published(): number {
    return this.#published;
  }

  /** Adds the rows of a commit. A row that cannot be decoded ends the history, never the commit. */
  publish(rows: readonly CommittedRow[]): void {
    const number = ++this.#published;
    try {
      this.#steps.run(() => this.#deliver({ number, rows: this.#jsonOf(rows) }));
    } catch (thrown) {
      this.end(thrown);
    }
  }

  /** Returns a commit as a position. */
  positionOf(number: number): string {
    return `${this.id}.${number}`;
  }

  /** Returns the kept commits after a position; undefined when some are missing. */
  since(position: string): readonly CommittedChanges[] | undefined {
    const [id, digits] = position.split('.');
    const number = Number(digits);
    const oldest = this.#kept[0]?.number ?? this.#delivered + 1;
    if (id !== this.id || !(number >= oldest - 1 && number <= this.#delivered)) return undefined;
    return this.#kept.slice(number + 1 - oldest);
  }

  /** Adds a listener of the next commits. Returns its removal. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends the history and its listeners. */
  end(error?: unknown): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.ended(error);
  }

  #jsonOf(rows: readonly CommittedRow[]): string {
    const codec = this.#store.codecOf(this.#open);
    return rows
      .flatMap(({ key: rowKey, value }) => {
        const key = codec.key(rowKey);
        if (key === undefined) return [];
        const row = value && codec.row(value);
        return row === undefined ? JSON.stringify({ key: toTypedJson(key), deleted: true }) : rowJson(key, row);
      })
      .join(',');
  }

  #deliver(changes: CommittedChanges): void {
    this.#delivered = changes.number;
    this.#kept.push(changes);
    this.#bytes += changes.rows.length;
    while (this.#bytes > this.#maxBytes) this.#bytes -= this.#kept.shift()?.rows.length ?? 0;
    for (const listener of this.#listeners) listener.changed(changes);
  }
}
