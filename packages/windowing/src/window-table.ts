import {
  type Change,
  type Context,
  change,
  noHeaders,
  type Process,
  type RecordHeaders,
  record,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { WindowStore } from './stores/window-store.js';
import type { WindowKind } from './window-kind.js';
import type { Windowed } from './windowed.js';

/** The rows of a windowed aggregation in one task, and the record in hand: what kinds of windows work on. */
export class WindowTable<K, A> {
  readonly rows: WindowStore<K, A>;
  /** Whether the value from before is shown to those downstream, so that it must stay as it is. */
  readonly shown: boolean;
  readonly #context: Context<Windowed<K>, Change<A>>;
  readonly #kind: WindowKind;
  readonly #late: Process<unknown, unknown> | undefined;
  #record: StreamRecord<K, unknown> | undefined;
  #closeTime = Number.NEGATIVE_INFINITY;
  #routed = false;

  constructor(
    context: Context<Windowed<K>, Change<A>>,
    rows: WindowStore<K, A>,
    kind: WindowKind,
    shown: boolean,
    late: Process<unknown, unknown> | undefined,
  ) {
    this.#context = context;
    this.rows = rows;
    this.#kind = kind;
    this.shown = shown;
    this.#late = late;
  }

  /** Takes a record in hand, once the time of its input has moved on. */
  take(taken: StreamRecord<K, unknown>, observed: number): void {
    this.#record = taken;
    this.#closeTime = observed - this.#kind.grace;
    this.#routed = false;
  }

  /** Whether a window with this end has closed. */
  isClosed(end: number): boolean {
    return end + this.#kind.endHeld <= this.#closeTime;
  }

  /** The record comes too late for one of its windows. */
  late(): void {
    this.#context.drop('late');
    if (this.#routed || this.#late === undefined) return;
    this.#routed = true;
    this.#late(this.#record as StreamRecord<K, unknown>);
  }

  /** The record falls in no window. */
  outside(): void {
    this.#context.drop('no-window');
  }

  /** Sets the aggregate of a window, or deletes it with `undefined`, and says so unless windows are emitted on close. */
  update(start: number, end: number, after: A | undefined, at: number, before: A | undefined): void {
    const { key, headers } = this.#record as StreamRecord<K, unknown>;
    this.rows.put(key, start, end, after, at);
    if (this.#kind.emit === 'on-close') return;
    const changed = change(this.shown ? before : undefined, after, this.shown);
    this.#context.forward(record({ key, start, end }, changed, at, headers));
  }

  /** Emits the windows that have closed by the time of the record in hand. */
  close(): void {
    this.#emit(this.#closeTime - this.#kind.endHeld, (this.#record as StreamRecord<K, unknown>).headers);
  }

  /** Emits the windows that have closed by a time to which the input came without a record. */
  closeAt(observed: number): void {
    this.#emit(observed - this.#kind.grace - this.#kind.endHeld, noHeaders);
  }

  /** Closes all windows after a silence: the operator's time moves on to where the last one ends and its grace is over. */
  closeAll(): void {
    const last = this.rows.lastOpen;
    if (last === undefined) return;
    this.rows.observe(last + this.#kind.endHeld + this.#kind.grace);
    this.#emit(last, noHeaders);
  }

  #emit(upTo: number, headers: RecordHeaders): void {
    for (const [window, { value, timestamp }] of this.rows.close(upTo)) {
      this.#context.forward(record(window, change<A>(undefined, value, false), timestamp, headers));
    }
  }
}
