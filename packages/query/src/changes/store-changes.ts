import type { Cancel } from '@kstreams/core/graph';
import type { LocalStore, OpenStore } from '@kstreams/runtime';
import { rowJson } from '../reads/local-reads.js';
import { unavailable } from '../service/problem.js';
import { ChangeHistory, type CommittedChanges } from './change-history.js';

/** Receives the content of a partition, then its changes. */
export interface ChangeSink {
  /** Begins a snapshot: the rows received before are void. */
  reset(partition: number): void;
  /** Receives rows of a snapshot as JSON texts, separated by commas. Resolves when more may come. */
  rows(partition: number, rows: string): Promise<void>;
  /** Ends a snapshot: its rows are the content at a position. */
  complete(partition: number, position: string): void;
  /** Receives the rows that one commit changed, as JSON texts separated by commas. */
  changes(partition: number, position: string, rows: string): void;
  /** Receives the size of changes that wait for the end of a snapshot. */
  waiting(partition: number, bytes: number): void;
}

/** The most rows, and the most characters, of a part of a snapshot. */
const partRows = 500;
const partLength = 65_536;

/** The changes of one store in this process, for its subscribers. It begins with the first one, and then keeps a history. */
export class StoreChanges {
  readonly #store: LocalStore;
  readonly #historyBytes: number;
  readonly #histories = new Map<OpenStore, ChangeHistory>();
  readonly #removeListener: Cancel;

  constructor(store: LocalStore, historyBytes: number) {
    this.#store = store;
    this.#historyBytes = historyBytes;
    this.#removeListener = store.listen((open, rows) => this.#historyOf(open).publish(rows));
  }

  /** Ends the histories of partitions that have left this process. */
  moved(): void {
    if (this.#histories.size === 0) return;
    const open = new Set(this.#store.open);
    for (const [one, history] of this.#histories) {
      if (open.has(one)) continue;
      this.#histories.delete(one);
      history.end();
    }
  }

  /** Ends all histories. */
  close(): void {
    this.#removeListener();
    for (const history of this.#histories.values()) history.end();
    this.#histories.clear();
  }

  /**
   * Sends a partition's changes after a position; a snapshot first unless the history has all of them. Resolves when the
   * partition has left this process or the signal is aborted.
   *
   * @throws Problem when this process does not hold the partition.
   */
  async follow(partition: number, after: string | undefined, sink: ChangeSink, signal: AbortSignal): Promise<void> {
    const open = this.#store.openIn(partition);
    if (open === undefined) throw unavailable(`partition ${partition} of the store is not in this process now`);
    const history = this.#historyOf(open);
    const send = ({ number, rows }: CommittedChanges): void =>
      sink.changes(partition, history.positionOf(number), rows);
    const end = new AbortController();
    const leave = (): void => end.abort();
    let changed = send;
    const remove = history.listen({
      changed: (changes) => changed(changes),
      ended: (error) => end.abort(error ?? new Moved()),
    });
    const ended = new Promise<void>((resolve, reject) => {
      end.signal.addEventListener('abort', () => {
        const { reason } = end.signal;
        if (signal.aborted || reason instanceof Moved) resolve();
        else reject(reason);
      });
    });
    signal.addEventListener('abort', leave, { once: true });
    try {
      const missed = after === undefined ? undefined : history.since(after);
      for (const changes of missed ?? []) send(changes);
      if (missed === undefined) {
        const held: CommittedChanges[] = [];
        changed = (changes) => {
          held.push(changes);
          sink.waiting(partition, changes.rows.length);
        };
        const number = await Promise.race([this.#snapshot(open, history, sink, end.signal), ended]);
        if (number === undefined) return;
        for (const changes of held) if (changes.number > number) send(changes);
        changed = send;
      }
      await ended;
    } finally {
      remove();
      signal.removeEventListener('abort', leave);
    }
  }

  /** Sends the content of a partition. Resolves to the number of its last commit. */
  async #snapshot(open: OpenStore, history: ChangeHistory, sink: ChangeSink, signal: AbortSignal): Promise<number> {
    const { partition } = open;
    let number = 0;
    const rows = await this.#store.snapshot(open, signal, () => {
      number = history.published;
    });
    sink.reset(partition);
    let part: string[] = [];
    let length = 0;
    for await (const { key, row } of rows) {
      signal.throwIfAborted();
      const json = rowJson(key, row);
      part.push(json);
      length += json.length;
      if (part.length < partRows && length < partLength) continue;
      await sink.rows(partition, part.join(','));
      part = [];
      length = 0;
    }
    if (part.length > 0) await sink.rows(partition, part.join(','));
    signal.throwIfAborted();
    sink.complete(partition, history.positionOf(number));
    return number;
  }

  #historyOf(open: OpenStore): ChangeHistory {
    const known = this.#histories.get(open);
    if (known !== undefined) return known;
    const history = new ChangeHistory(this.#store, open, this.#historyBytes);
    this.#histories.set(open, history);
    return history;
  }
}

/** The reason of a partition that has left this process. */
class Moved extends Error {}
