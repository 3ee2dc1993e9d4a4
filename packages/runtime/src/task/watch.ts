import type {
  AnyProcess,
  DropReason,
  NodeId,
  ObservedTask,
  Observer,
  Outgoing,
  RowTouch,
  StreamRecord,
} from '@kstreams/core/graph';
import type { StorePlace } from './stores/store-place.js';

/** Tells an observer what one task does. There is none where nobody observes: then nothing is wrapped. */
export class Watch {
  readonly #observer: Observer;
  #task: ObservedTask | undefined;
  #node: NodeId = '';

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** The watch of a task, where somebody observes. */
  static over(observer: Observer | undefined): Watch | undefined {
    return observer === undefined ? undefined : new Watch(observer);
  }

  /** The task is there; its stores were opened before it. */
  of({ id, partition, source, subtopology, time }: ObservedTask): void {
    this.#task = Object.freeze({ id, subtopology, partition, source, time });
  }

  opened(): void {
    this.#observer.opened?.(this.#seen);
  }

  committed(): void {
    this.#observer.committed?.(this.#seen);
  }

  closed(): void {
    this.#observer.closed?.(this.#seen);
  }

  began(work: 'record' | 'punctuation', node: NodeId): void {
    this.#node = node;
    this.#observer.began?.(this.#seen, work, node);
  }

  ended(outcome: 'kept' | 'taken-back'): void {
    this.#observer.ended?.(this.#seen, outcome);
  }

  dropped(node: NodeId, reason: DropReason): void {
    this.#observer.dropped?.(this.#seen, node, reason);
  }

  sent(record: Outgoing): void {
    this.#observer.sent?.(this.#seen, record);
  }

  /** The process of a node, with the edge that leads to it observed. */
  edge(from: NodeId, to: NodeId, process: AnyProcess): AnyProcess {
    const edge = Object.freeze({ task: this.#seen, from, to });
    const { handed, returned } = this.#observer;
    return (record: StreamRecord<unknown, unknown>) => {
      const outer = this.#node;
      this.#node = to;
      handed?.(edge, record);
      try {
        process(record);
        returned?.(edge, record);
      } finally {
        this.#node = outer;
      }
    };
  }

  /** Whom a store tells which rows are touched; nobody where no one observes rows. */
  rows({ spec }: StorePlace): ((touch: RowTouch) => void) | undefined {
    const { row } = this.#observer;
    if (row === undefined) return undefined;
    let store: { readonly task: ObservedTask; readonly spec: StorePlace['spec'] } | undefined;
    return (touch) => {
      store ??= Object.freeze({ task: this.#seen, spec });
      row(store, { ...touch, node: this.#node });
    };
  }

  get #seen(): ObservedTask {
    return this.#task as ObservedTask;
  }
}
