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
import type { Windowed } from '../keys/windowed.js';
import type { WindowStore } from '../stores/window-store.js';
import type { WindowKind } from './window-kind.js';

/** The context of a window step in one task: the rows of the windows, and the current record. */
export class WindowContext<K, A> {
  readonly rows: WindowStore<K, A>;
  /** True when forwarded changes carry old values, which must then not be changed in place. */
  readonly sendsOldValues: boolean;
  readonly #context: Context<Windowed<K>, Change<A>>;
  readonly #kind: WindowKind;
  readonly #forwardLate: Process<unknown, unknown> | undefined;
  /** The time after its end at which a window closes, in ms. */
  readonly #closesAfter: number;
  /** 1 for windows that include their end, else 0. */
  readonly #endOffset: 0 | 1;
  #record: StreamRecord<K, unknown> | undefined;
  #closeTime = Number.NEGATIVE_INFINITY;
  #forwardedLate = false;

  constructor(
    context: Context<Windowed<K>, Change<A>>,
    rows: WindowStore<K, A>,
    kind: WindowKind,
    sendsOldValues: boolean,
    forwardLate: Process<unknown, unknown> | undefined,
  ) {
    this.#context = context;
    this.rows = rows;
    this.#kind = kind;
    this.sendsOldValues = sendsOldValues;
    this.#forwardLate = forwardLate;
    this.#closesAfter = kind.grace;
    this.#endOffset = kind.endInclusive ? 1 : 0;
  }

  /** Sets the current record, after the time of its input has advanced to `observed`. */
  begin(current: StreamRecord<K, unknown>, observed: number): void {
    this.#record = current;
    this.#closeTime = observed - this.#closesAfter;
    this.#forwardedLate = false;
  }

  /** True when the window with this end is closed. */
  isClosed(end: number): boolean {
    return end + this.#endOffset <= this.#closeTime;
  }

  /** Drops the current record from a closed window, and forwards it to the topic of late records once. */
  dropLate(): void {
    const late = this.#record as StreamRecord<K, unknown>;
    this.#context.drop('late', this.#closeTime + this.#closesAfter - late.timestamp);
    if (this.#forwardedLate || this.#forwardLate === undefined) return;
    this.#forwardedLate = true;
    this.#forwardLate(late);
  }

  /** Drops the current record, which has no window. */
  dropWithoutWindow(): void {
    this.#context.drop('no-window');
  }

  /** Sets the aggregate of a window, `undefined` to delete it, and forwards the change unless windows emit on close. */
  update(start: number, end: number, after: A | undefined, at: number, before: A | undefined): void {
    const { key, headers } = this.#record as StreamRecord<K, unknown>;
    this.rows.put(key, start, end, after, at);
    if (this.#kind.emit === 'on-close') return;
    const changed = change(this.sendsOldValues ? before : undefined, after, this.sendsOldValues);
    this.#context.forward(record({ key, start, end }, changed, at, headers));
  }

  /** Emits the windows that closed by the time of the current record. */
  emitClosed(): void {
    this.#emit(this.#closeTime - this.#endOffset, (this.#record as StreamRecord<K, unknown>).headers);
  }

  /** Emits the windows that closed by a time to which the input advanced without a record. */
  emitClosedAt(observed: number): void {
    this.#emit(observed - this.#closesAfter - this.#endOffset, noHeaders);
  }

  /** The time at which the first open window closes; `Infinity` without one. */
  get nextClose(): number {
    return this.rows.firstOpen + this.#endOffset + this.#closesAfter;
  }

  /** Closes the windows that a time is past, without a record: advances the operator's time to the close of the last one. */
  closeUpTo(time: number): void {
    const last = this.rows.lastOpen(time - this.#closesAfter - this.#endOffset);
    if (last === undefined) return;
    this.rows.observe(last + this.#endOffset + this.#closesAfter);
    this.#emit(last, noHeaders);
  }

  #emit(upTo: number, headers: RecordHeaders): void {
    for (const [window, row] of this.rows.close(upTo)) {
      if (row === undefined) this.#context.drop('window-expired');
      else this.#context.forward(record(window, change<A>(undefined, row.value, false), row.timestamp, headers));
    }
  }
}
