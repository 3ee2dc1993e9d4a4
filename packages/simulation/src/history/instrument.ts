import {
  type AnyContext,
  type AnyProcess,
  type CallWork,
  type GraphNode,
  type OnError,
  type ProcessorNode,
  type StreamRecord,
  type Topology,
  toMilliseconds,
} from '@kstreams/core/graph';
import { firstWallTime } from '@kstreams/runtime';
import type { SimulatedProcess } from '../process/simulated-process.js';
import type { Buildable } from '../topology.js';
import type { DueCall, Occasion } from './history.js';
import { StageChecker } from './stage-checker.js';
import type { TaskWork } from './task-work.js';

/**
 * The same topology, of which the history learns what each task does and when: which record it has in hand, which call
 * came to what, which timers and schedules fired.
 */
export const instrument = (topology: Buildable, process: SimulatedProcess): Topology => {
  const { name, nodes } = 'build' in topology ? topology.build() : topology;
  return { name, nodes: nodes.map((node) => tappedNode(node, process)) };
};

const tappedNode = (node: GraphNode, process: SimulatedProcess): GraphNode => {
  if (node.kind !== 'processor') return node;
  const { async: stage, open, settle } = node;
  const tapped: ProcessorNode = {
    ...node,
    ...(stage && { async: { ...stage, onError: stage.onError && judged(stage.onError, process) } }),
    open: (context) => {
      const tap = new NodeInstrument(node, context, process);
      return open.call(node, tap.context).map((door) => tap.door(door));
    },
  };
  if (settle === undefined) return tapped;
  return { ...tapped, settle: (demand) => tappedNode(settle.call(node, demand), process) as ProcessorNode };
};

/** A policy of a stage: what it leaves out, no result tells of. */
const judged =
  (policy: OnError, process: SimulatedProcess): OnError =>
  (failure) => {
    const decision = policy(failure);
    if (decision === 'skip' || (typeof decision === 'object' && 'deadLetter' in decision)) {
      process.surroundings.invariants.history.leavesOut();
    }
    return decision;
  };

/** The tap of one node of an open task. */
class NodeInstrument {
  readonly #node: ProcessorNode;
  readonly #given: AnyContext;
  readonly #process: SimulatedProcess;
  readonly #work: TaskWork;
  #asked = 0;

  constructor(node: ProcessorNode, context: AnyContext, process: SimulatedProcess) {
    this.#node = node;
    this.#given = context;
    this.#process = process;
    this.#work = process.surroundings.invariants.history.opened(process, context);
  }

  /** A task's coordinates stay while its record goes through the nodes: the first to be called tells of it. */
  door(door: AnyProcess): AnyProcess {
    const { source, time } = this.#given;
    const { invariants } = this.#process.surroundings;
    const work = this.#work;
    return (record) => {
      if (source.offset >= 0 && work.begins(source, time.wall)) invariants.processing(source);
      door(record);
    };
  }

  /** What the node is opened with. */
  get context(): AnyContext {
    const given = this.#given;
    return {
      ...given,
      schedule: (interval, clock, act, options = {}) => {
        const id = this.#newCall();
        const length = Math.max(1, toMilliseconds(interval, 'an interval'));
        let due = clock === 'wall' ? firstWallTime(given.time.wall, length, options.anchor) : 0;
        const told = (at: number): void => {
          this.#acts(clock, { id, due, at });
          if (clock === 'wall') due += (Math.floor((at - due) / length) + 1) * length;
          act(at);
        };
        return given.schedule(interval, clock, told, options);
      },
      onIdle: (after, act) => {
        const id = this.#newCall();
        return given.onIdle(after, (at) => {
          this.#acts('silence', { id, due: 0, at });
          act(at);
        });
      },
      timers: (spec, fire) =>
        given.timers(spec, (key, at, value) => {
          if (spec.clock !== 'stream') this.#acts(spec.clock);
          fire(key, at, value);
        }),
      calls: (work, done) => this.#calls(work as never, done as never) as never,
    };
  }

  #calls(
    work: CallWork<unknown, unknown, unknown>,
    done: (from: StreamRecord<unknown, unknown>, result: unknown) => void,
  ): AnyProcess {
    const { id, async: stage } = this.#node;
    const { time } = this.#given;
    const history = this.#work;
    const watch = stage && new StageChecker(id, stage, this.#process);
    const entries = new Map<unknown, { readonly entry: number; readonly place: number }[]>();
    let entered = 0;
    const enter = this.#given.calls(watch?.watched(work) ?? work, (from, result) => {
      const [first, ...others] = entries.get(from) ?? [];
      const { entry, place } = first as { entry: number; place: number };
      if (others.length > 0) entries.set(from, others);
      else entries.delete(from);
      watch?.ends(from, place);
      history.ends(id, entry, result, time.wall);
      done(from, result);
    });
    return (record) => {
      const one = { entry: history.enters(id), place: entered++ };
      entries.set(record, [...(entries.get(record) ?? []), one]);
      enter(record);
    };
  }

  #acts(occasion: Occasion, call?: DueCall): void {
    this.#work.acts(occasion, this.#given.time.wall, call);
  }

  #newCall(): string {
    return `${this.#node.id}/${this.#asked++}`;
  }
}
