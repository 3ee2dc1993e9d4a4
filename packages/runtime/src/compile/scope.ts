import type {
  AnyProcess,
  AnyStoreSpec,
  CallWork,
  Cancel,
  ClockKind,
  DropReason,
  Lookup,
  NodeId,
  RecordSource,
  SinkNode,
  Store,
  StreamRecord,
  Timers,
  TimersSpec,
} from '@kstreams/core/graph';
import type { FireTimer } from '../task/timer-line.js';
import type { Watch } from '../task/watch.js';

/** What compiled nodes share: the task they belong to. The task owns it and moves its clocks and coordinates on. */
export interface Scope {
  readonly id: string;
  readonly subtopology: number;
  readonly partition: number;
  readonly time: { readonly stream: number; readonly wall: number };
  readonly source: RecordSource;
  store(spec: AnyStoreSpec): Store;
  /** The lookup of a global table. */
  globalLookup(node: NodeId): Lookup<unknown, unknown>;
  /** Encodes and sends what reaches a sink. */
  sink(node: SinkNode): AnyProcess;
  schedule(
    node: NodeId,
    interval: number,
    clock: ClockKind,
    anchor: number | undefined,
    call: (at: number) => void,
  ): Cancel;
  /** Lets a node fire the timers of a store. */
  timers(node: NodeId, spec: TimersSpec<unknown, unknown>, fire: FireTimer): Timers<unknown, unknown>;
  /** Tells an observer what happens, where there is one. */
  readonly watch?: Watch;
  onIdle(node: NodeId, after: number, call: (at: number) => void): Cancel;
  /** The clock of an operator; see `Context.clock`. */
  clock(node: NodeId, moved: ((time: number) => void) | undefined): (timestamp: number) => number;
  /** Opens an async stage; see `Context.calls`. */
  calls(
    node: NodeId,
    work: CallWork<unknown, unknown, unknown>,
    done: (from: StreamRecord<unknown, unknown>, result: unknown) => void,
  ): AnyProcess;
  /** The same task as nodes behind its async stages see it: with clocks that no reordering gets ahead of. */
  readonly behind?: Scope;
  drop(node: NodeId, reason: DropReason): void;
  commit(): void;
  onClose(release: () => void | Promise<void>): void;
}
