import type {
  AnyProcess,
  AnyStoreSpec,
  DropReason,
  NodeId,
  ObservedTask,
  Observer,
  Outgoing,
  RowEvent,
  StreamRecord,
} from '@kstreams/core/graph';

/** Reports the work of one task to an observer. */
export class TaskObserver {
  readonly #observer: Observer;
  #task: ObservedTask | undefined;
  #node: NodeId = '';

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** Sets the task. Its stores are opened before it. */
  attach({ id, partition, source, subtopology, time }: ObservedTask): void {
    this.#task = Object.freeze({ id, subtopology, partition, source, time });
  }

  opened(): void {
    this.#observer.opened?.(this.#observed);
  }

  committed(): void {
    this.#observer.committed?.(this.#observed);
  }

  closed(): void {
    this.#observer.closed?.(this.#observed);
  }

  began(work: 'record' | 'punctuation', node: NodeId): void {
    this.#node = node;
    this.#observer.began?.(this.#observed, work, node);
  }

  ended(outcome: 'kept' | 'rolled-back'): void {
    this.#observer.ended?.(this.#observed, outcome);
  }

  dropped(node: NodeId, reason: DropReason): void {
    this.#observer.dropped?.(this.#observed, node, reason);
  }

  sent(record: Outgoing): void {
    this.#observer.sent?.(this.#observed, record);
  }

  /** Wraps the process of a node to report the records on the edge to it. */
  edge(from: NodeId, to: NodeId, process: AnyProcess): AnyProcess {
    const edge = Object.freeze({ task: this.#observed, from, to });
    const { forwarded, processed } = this.#observer;
    return (record: StreamRecord<unknown, unknown>) => {
      const outer = this.#node;
      this.#node = to;
      forwarded?.(edge, record);
      try {
        process(record);
        processed?.(edge, record);
      } finally {
        this.#node = outer;
      }
    };
  }

  /** Returns the listener for the rows of a store; `undefined` when the observer has no `row`. */
  rows(spec: AnyStoreSpec): ((touch: RowEvent) => void) | undefined {
    const { row } = this.#observer;
    if (row === undefined) return undefined;
    let store: { readonly task: ObservedTask; readonly spec: AnyStoreSpec } | undefined;
    return (touch) => {
      store ??= Object.freeze({ task: this.#observed, spec });
      row(store, { ...touch, node: this.#node });
    };
  }

  get #observed(): ObservedTask {
    return this.#task as ObservedTask;
  }
}
