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
  Row,
  SinkNode,
  StreamRecord,
  Timers,
  TimersSpec,
} from '@kstreams/core/graph';

/** Handles a fired timer of a node. */
export type FireTimer = (key: unknown, at: number, value: unknown) => void;

/** The part of a task that its compiled nodes share. The task advances its clocks and its source. */
export interface Scope {
  readonly id: string;
  readonly subtopology: number;
  readonly partition: number;
  readonly time: { readonly stream: number; readonly wall: number };
  readonly source: RecordSource;
  store(spec: AnyStoreSpec): unknown;
  /** Returns the lookup of a global table. */
  globalLookup(node: NodeId): Lookup<unknown, unknown>;
  /** Returns the process that encodes and sends the records of a sink. */
  sink(node: SinkNode): AnyProcess;
  schedule(
    node: NodeId,
    interval: number,
    clock: ClockKind,
    anchor: number | undefined,
    call: (at: number) => void,
  ): Cancel;
  /** Opens the timers of a store, which the node fires. */
  timers(node: NodeId, spec: TimersSpec<unknown, unknown>, fire: FireTimer): Timers<unknown, unknown>;
  /** Deletes the rows of a store with a ttl at their ends. Calls `act` for each, if given. */
  onExpiry(node: NodeId, spec: AnyStoreSpec, act?: (key: unknown, row: Row<unknown>, at: number) => void): void;
  /** The turn of the task; records may be forwarded while it is open. */
  readonly turn: { readonly open: boolean };
  /** Wraps the process of a node for an observer; undefined without one. */
  readonly observe?: ((from: NodeId, to: NodeId, process: AnyProcess) => AnyProcess) | undefined;
  /** Lets watchers receive the records on an edge: `set` is called with their function, and with `undefined` without any. */
  readonly watchable?: ((from: NodeId, to: NodeId, set: (receive: AnyProcess | undefined) => void) => void) | undefined;
  onIdle(node: NodeId, after: number, call: (at: number) => void): Cancel;
  onCaughtUp(node: NodeId, due: () => number, call: (at: number) => void): Cancel;
  /** Returns the clock of an operator; see `Context.clock`. */
  clock(node: NodeId, moved: ((time: number) => void) | undefined): (timestamp: number) => number;
  /** Opens an async stage; see `Context.calls`. */
  calls(
    node: NodeId,
    work: CallWork<unknown, unknown, unknown>,
    done: (from: StreamRecord<unknown, unknown>, result: unknown) => void,
  ): AnyProcess;
  /** The scope of nodes behind async stages. Its clocks include no record before which others are unfinished. */
  readonly behind?: Scope;
  drop(node: NodeId, reason: DropReason, late?: number): void;
  commit(): void;
  onClose(release: () => void | Promise<void>): void;
}
