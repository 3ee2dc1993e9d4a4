import type { CallWork } from './async-stage.js';
import type { RecordSource } from './context.js';
import type { NodeId } from './node.js';
import type { AnyProcess } from './processor.js';
import type { AnyStoreSpec, RowEvent } from './store.js';
import type { Telemetry } from './telemetry.js';

/** An application that is traced. */
export interface TracedApplication {
  readonly name: string;
  /** The kind of its log, as `messaging.system`. */
  readonly system: string;
}

/** A task that is traced. */
export interface TracedTask {
  readonly id: string;
  readonly subtopology: number;
  readonly partition: number;
}

/** Receives the metrics of applications, and may trace them. */
export interface TracingTelemetry extends Telemetry {
  /** Returns the tracing of an application, called once at its start. Nothing is traced without it. */
  readonly tracing?: ((application: TracedApplication) => Tracing) | undefined;
}

/** Creates the spans of one application. */
export interface Tracing {
  /** Traces a task. Called once, before its stores are opened. */
  task(task: TracedTask): TaskTracing;
  /** Runs a commit of a worker in a span. */
  commit<T>(worker: number, work: () => Promise<T>): Promise<T>;
}

/** Creates the spans of one task. Its functions are called once per node or store; those that they return, per record. */
export interface TaskTracing {
  /**
   * Returns the process of a source with a span around each sampled record. `at` has the position of the current record. The
   * trace of a record is in its headers, which records that derive from it keep.
   */
  source(node: NodeId, process: AnyProcess, at: RecordSource): AnyProcess;
  /** Returns the function of an async step with a span around each call for a sampled record. */
  calls(node: NodeId, work: CallWork<unknown, unknown, unknown>): CallWork<unknown, unknown, unknown>;
  /** Returns a listener for the rows of a store, to link spans that share a row. */
  rows(spec: AnyStoreSpec): (row: RowEvent) => void;
}
