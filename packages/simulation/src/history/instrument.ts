import type {
  AnyContext,
  AnyProcess,
  AsyncCall,
  CallWork,
  GraphNode,
  NodeId,
  OnError,
  ProcessorNode,
  StreamRecord,
  Topology,
} from '@kstreams/core/graph';
import type { InvariantChecker } from '../checks/invariant-checker.js';
import { StageChecker } from '../checks/stage-checker.js';
import type { Buildable } from '../topology.js';
import type { Punctuation } from './task-step.js';
import type { TaskWork } from './task-work.js';

/** The process whose topology is instrumented. */
export interface InstrumentedProcess {
  readonly name: string;
  /** The calls in flight of each async stage. */
  readonly calls: Map<NodeId, Set<AsyncCall>>;
  readonly invariants: InvariantChecker;
}

/**
 * Returns the topology with every processor wrapped, so that the history records which records its tasks process, which
 * results their calls return and which timers and schedules fire.
 */
export const instrument = (topology: Buildable, process: InstrumentedProcess): Topology => {
  const { name, nodes } = 'build' in topology ? topology.build() : topology;
  return { name, nodes: nodes.map((node) => instrumentNode(node, process)) };
};

const instrumentNode = (node: GraphNode, process: InstrumentedProcess): GraphNode => {
  if (node.kind !== 'processor') return node;
  const { async: stage, open, resolve } = node;
  const wrapped: ProcessorNode = {
    ...node,
    ...(stage && { async: { ...stage, onError: stage.onError && instrumentPolicy(stage.onError, process) } }),
    open: (context) => {
      const instrumented = new NodeInstrument(node, context, process);
      return open.call(node, instrumented.context).map((input) => instrumented.input(input));
    },
  };
  if (resolve === undefined) return wrapped;
  return {
    ...wrapped,
    resolve: (requirements) => instrumentNode(resolve.call(node, requirements), process) as ProcessorNode,
  };
};

/** Marks the history incomplete when a policy skips a failed call: no result records it. */
const instrumentPolicy =
  (policy: OnError, { invariants }: InstrumentedProcess): OnError =>
  (failure) => {
    const decision = policy(failure);
    if (decision === 'skip' || (typeof decision === 'object' && 'deadLetter' in decision)) {
      invariants.history.markIncomplete();
    }
    return decision;
  };

/** The instrumentation of one node of an open task. */
class NodeInstrument {
  readonly #node: ProcessorNode;
  readonly #inner: AnyContext;
  readonly #process: InstrumentedProcess;
  readonly #work: TaskWork;
  #callbacks = 0;

  constructor(node: ProcessorNode, context: AnyContext, process: InstrumentedProcess) {
    this.#node = node;
    this.#inner = context;
    this.#process = process;
    this.#work = process.invariants.history.open(process.name, context);
  }

  /** Returns an input of the node that records each new source record. The first node of a task to be called does. */
  input(input: AnyProcess): AnyProcess {
    const { source, time } = this.#inner;
    const { invariants } = this.#process;
    const work = this.#work;
    return (record) => {
      if (source.offset >= 0 && work.startRecord(source, time.wall)) {
        const { offset, partition, topic } = source;
        invariants.recordStarted({ topic, partition, offset });
        work.undo(() => invariants.recordRolledBack({ topic, partition, offset }));
      }
      input(record);
    };
  }

  /** The context with which the node is opened. */
  get context(): AnyContext {
    const inner = this.#inner;
    return {
      ...inner,
      schedule: (interval, clock, act, options) => inner.schedule(interval, clock, this.#recorded(act), options),
      onIdle: (after, act) => inner.onIdle(after, this.#recorded(act)),
      onCaughtUp: (due, act) => inner.onCaughtUp(due, this.#recorded(act)),
      onExpiry: (spec, act) => {
        const id = this.#newCallbackId();
        inner.onExpiry(spec, (key, row, at) => {
          this.#punctuate({ id, at, key });
          act(key, row, at);
        });
      },
      timers: (spec, fire) => {
        const id = this.#newCallbackId();
        return inner.timers(spec, (key, at, value) => {
          this.#punctuate({ id, at, key });
          fire(key, at, value);
        });
      },
      calls: (work, done) => this.#calls(work as never, done as never) as never,
    };
  }

  #calls(
    work: CallWork<unknown, unknown, unknown>,
    done: (from: StreamRecord<unknown, unknown>, result: unknown) => void,
  ): AnyProcess {
    const { id, async: stage } = this.#node;
    const { time } = this.#inner;
    const taskWork = this.#work;
    const checker = stage && new StageChecker(id, stage, this.#process);
    const entries = new Map<unknown, { readonly entry: number; readonly position: number }[]>();
    let entered = 0;
    const enter = this.#inner.calls(checker?.wrap(work) ?? work, (from, result) => {
      const all = entries.get(from) ?? [];
      const [first, ...others] = all;
      taskWork.undo(() => void entries.set(from, all));
      const { entry, position } = first as { entry: number; position: number };
      if (others.length > 0) entries.set(from, others);
      else entries.delete(from);
      checker?.completed(from, position);
      taskWork.completeCall(id, entry, result, time.wall);
      done(from, result);
    });
    return (record) => {
      const one = { entry: taskWork.enterStage(id), position: entered++ };
      const before = entries.get(record) ?? [];
      entries.set(record, [...before, one]);
      taskWork.undo(() => {
        entered--;
        entries.set(record, before);
      });
      enter(record);
    };
  }

  #punctuate(punctuation: Punctuation): void {
    this.#work.punctuate(punctuation, this.#inner.time.wall);
  }

  /** Wraps a callback so that each call is recorded. */
  #recorded(act: (at: number) => void): (at: number) => void {
    const id = this.#newCallbackId();
    return (at) => {
      this.#punctuate({ id, at });
      act(at);
    };
  }

  #newCallbackId(): string {
    const number = this.#callbacks++;
    this.#work.undo(() => void (this.#callbacks = number));
    return `${this.#node.id}/${number}`;
  }
}
