import type { AnyProcess, Cancel, ObservedEdge, StreamRecord } from '@kstreams/core/graph';

/** Receives the records on the edges of open tasks. An error that it throws fails the node at the end of the edge. */
export type EdgeWatcher = (edge: ObservedEdge, record: StreamRecord<unknown, unknown>) => void;

/** Sets the function that receives the records on an edge; none with `undefined`. */
type SetReceiver = (receive: AnyProcess | undefined) => void;

/** The edges of the open tasks of a process, which can be watched while the tasks run. */
export class WatchedEdges {
  readonly #edges = new Map<ObservedEdge, SetReceiver>();
  #watchers: readonly EdgeWatcher[] = [];

  /** Adds an edge of a task. Returns its removal. */
  add(edge: ObservedEdge, set: SetReceiver): Cancel {
    this.#edges.set(edge, set);
    if (this.#watchers.length > 0) set(this.#receiver(edge));
    return () => {
      this.#edges.delete(edge);
    };
  }

  /** Calls a watcher with every record on every edge of open tasks, present and later ones. Returns its removal. */
  watch(watcher: EdgeWatcher): Cancel {
    // The same function may watch twice.
    const added: EdgeWatcher = (edge, record) => watcher(edge, record);
    this.#change([...this.#watchers, added]);
    return () => this.#change(this.#watchers.filter((one) => one !== added));
  }

  #change(watchers: readonly EdgeWatcher[]): void {
    this.#watchers = watchers;
    for (const [edge, set] of this.#edges) set(this.#receiver(edge));
  }

  #receiver(edge: ObservedEdge): AnyProcess | undefined {
    const watchers = this.#watchers;
    if (watchers.length === 0) return undefined;
    return (record) => {
      for (const watcher of watchers) watcher(edge, record);
    };
  }
}
