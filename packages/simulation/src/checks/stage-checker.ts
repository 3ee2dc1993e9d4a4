import {
  type AsyncCall,
  type AsyncStage,
  type CallWork,
  isPromise,
  type NodeId,
  type StreamRecord,
} from '@kstreams/core/graph';

type Record = StreamRecord<unknown, unknown>;

/** The process in which a stage runs. */
interface CheckedProcess {
  readonly name: string;
  /** The calls in flight of each async stage. */
  readonly calls: Map<NodeId, Set<AsyncCall>>;
  readonly invariants: { violate(what: string): void };
}

/**
 * The invariants of an async stage in one open task: one call per lane (a key or the partition) at a time, no more calls
 * than `concurrency`, and results in the order of each lane's records.
 */
export class StageChecker {
  readonly #node: NodeId;
  readonly #stage: AsyncStage;
  readonly #process: CheckedProcess;
  /** The calls of the stage in flight in the whole process. */
  readonly #inFlight: Set<AsyncCall>;
  /** The call in flight of each lane. */
  readonly #calls = new Map<unknown, AsyncCall>();
  /** The position of the last completed record of each lane, in the order of entry. */
  readonly #lastCompleted = new Map<unknown, number>();

  constructor(node: NodeId, stage: AsyncStage, process: CheckedProcess) {
    this.#node = node;
    this.#stage = stage;
    this.#process = process;
    this.#inFlight = process.calls.get(node) ?? new Set();
    process.calls.set(node, this.#inFlight);
  }

  /** Returns the work with a check around every call. */
  wrap(work: CallWork<unknown, unknown, unknown>): CallWork<unknown, unknown, unknown> {
    return 'one' in work
      ? { one: (record, call) => this.#run([record], call, () => work.one(record, call)) }
      : { many: (records, call) => this.#run(records, call, () => work.many(records, call)) };
  }

  /** Checks the order of a result that is about to be forwarded. */
  completed(record: Record, position: number): void {
    if (this.#stage.order === 'none') return;
    const lane = this.#laneOf(record);
    if (position < (this.#lastCompleted.get(lane) ?? -1))
      this.#violate(`completes the records of ${lane} out of order`);
    this.#lastCompleted.set(lane, position);
    if (this.#stage.stateful === true) this.#calls.delete(lane);
  }

  #run<R>(records: readonly Record[], call: AsyncCall, work: () => R | PromiseLike<R>): R | PromiseLike<R> {
    this.#begin(records, call);
    const end = (failed: boolean): void => this.#end(records, call, failed);
    try {
      const result = work();
      if (!isPromise(result)) {
        end(false);
        return result;
      }
      return result.then(
        (value) => {
          end(false);
          return value;
        },
        (thrown) => {
          end(true);
          throw thrown;
        },
      );
    } catch (thrown) {
      end(true);
      throw thrown;
    }
  }

  #begin(records: readonly Record[], call: AsyncCall): void {
    const { concurrency, order } = this.#stage;
    for (const one of this.#inFlight) if (one.signal.aborted) this.#inFlight.delete(one);
    this.#inFlight.add(call);
    if (this.#inFlight.size > concurrency) this.#violate(`has ${this.#inFlight.size} calls in flight`);
    if (order === 'none') return;
    const lanes = new Set(records.map((record) => this.#laneOf(record)));
    if (order === 'key' && lanes.size < records.length) this.#violate('has a key twice in a batch');
    for (const lane of lanes) {
      if (this.#calls.get(lane)?.signal.aborted === false) this.#violate(`has two calls of ${lane} in flight`);
      this.#calls.set(lane, call);
    }
  }

  /** Frees the lanes of a call. In a stage with state per key, a lane stays busy until its result is forwarded. */
  #end(records: readonly Record[], call: AsyncCall, failed: boolean): void {
    this.#inFlight.delete(call);
    if (this.#stage.stateful === true && !failed) return;
    for (const record of records) {
      const lane = this.#laneOf(record);
      if (this.#calls.get(lane) === call) this.#calls.delete(lane);
    }
  }

  #laneOf({ key }: Record): unknown {
    const { keyId, order } = this.#stage;
    return order === 'key' ? (keyId?.(key) ?? key) : 'the partition';
  }

  #violate(what: string): void {
    this.#process.invariants.violate(`stage ${this.#node} of ${this.#process.name} ${what}`);
  }
}
