import {
  type AsyncCall,
  type AsyncStage,
  type CallWork,
  isPromise,
  type NodeId,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { SimulatedProcess } from '../process/simulated-process.js';

type Record = StreamRecord<unknown, unknown>;

/**
 * The laws of an async stage, for one open task: no two calls of a lane at once, no more calls than it may have, and
 * results in the order in which the records of a lane came in.
 */
export class StageChecker {
  readonly #node: NodeId;
  readonly #stage: AsyncStage;
  readonly #process: SimulatedProcess;
  /** The calls of the stage that are in flight in the whole process. */
  readonly #inFlight: Set<AsyncCall>;
  /** The call that each lane has in flight. */
  readonly #calls = new Map<unknown, AsyncCall>();
  /** The last record of each lane whose result came, by its place among those that came in. */
  readonly #last = new Map<unknown, number>();

  constructor(node: NodeId, stage: AsyncStage, process: SimulatedProcess) {
    this.#node = node;
    this.#stage = stage;
    this.#process = process;
    this.#inFlight = process.calls.get(node) ?? new Set();
    process.calls.set(node, this.#inFlight);
  }

  /** The work, watched. */
  watched(work: CallWork<unknown, unknown, unknown>): CallWork<unknown, unknown, unknown> {
    return 'one' in work
      ? { one: (record, call) => this.#run([record], call, () => work.one(record, call)) }
      : { many: (records, call) => this.#run(records, call, () => work.many(records, call)) };
  }

  /** The result of a record is dealt with. */
  ends(record: Record, place: number): void {
    if (this.#stage.order === 'none') return;
    const lane = this.#laneOf(record);
    if (place < (this.#last.get(lane) ?? -1)) this.#broken(`gives the results of ${lane} out of order`);
    this.#last.set(lane, place);
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
    if (this.#inFlight.size > concurrency) this.#broken(`has ${this.#inFlight.size} calls in flight`);
    if (order === 'none') return;
    const lanes = new Set(records.map((record) => this.#laneOf(record)));
    if (order === 'key' && lanes.size < records.length) this.#broken('has a key twice in a batch');
    for (const lane of lanes) {
      if (this.#calls.get(lane)?.signal.aborted === false) this.#broken(`has two calls of ${lane} at once`);
      this.#calls.set(lane, call);
    }
  }

  /** Where something is kept per key, a lane is free only once the result was dealt with. */
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

  #broken(what: string): void {
    this.#process.surroundings.invariants.broken(`stage ${this.#node} of ${this.#process.name} ${what}`);
  }
}
