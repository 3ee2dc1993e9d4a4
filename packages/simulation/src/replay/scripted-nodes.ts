import {
  type AnyContext,
  type Cancel,
  type NodeId,
  type ProcessorNode,
  StateError,
  type StoreSpec,
  type TaskNode,
  type Timers,
} from '@kstreams/core/graph';
import type { KeyValueStore } from '@kstreams/core/state';
import type { Punctuation } from '../history/task-step.js';

/** Makes a punctuation due, until cancelled. */
type MakeDue = (punctuation: Punctuation) => Cancel;

/**
 * Wraps the nodes of a replayed task so that the history drives them: async calls return the recorded results, and schedules,
 * timers and calls after an idle time fire exactly where they are recorded.
 */
export class ScriptedNodes {
  readonly #calls = new Map<NodeId, ((value: unknown) => void)[]>();
  readonly #punctuations = new Map<string, MakeDue>();
  readonly #commitTimers: { readonly name: string; readonly open: Timers<unknown, unknown> }[] = [];
  readonly #wall: () => number;

  /** `wall` returns the wall-clock time that nodes see, in ms. */
  constructor(wall: () => number) {
    this.#wall = wall;
  }

  /** Returns the nodes of a task, wrapped. */
  nodes(nodes: readonly TaskNode[]): readonly TaskNode[] {
    return nodes.map((node) => (node.kind === 'processor' ? this.#node(node) : node));
  }

  /** Forgets the calls before a commit. Throws if timers that fire before each commit are open. */
  committed(): void {
    this.#calls.clear();
    const left = this.#commitTimers.find(({ open }) => open.size > 0);
    if (left !== undefined) throw new StateError(`timers "${left.name}" did not fire before a commit`);
  }

  /** Resolves the call of the record that entered a stage as number `entry`. */
  resolve(node: NodeId, entry: number, value: unknown): void {
    const call = this.#calls.get(node)?.[entry];
    if (call === undefined) throw new StateError(`the replay has no call ${entry} of "${node}"`, { node });
    call(value);
  }

  /** Makes a punctuation due, until cancelled. */
  due(punctuation: Punctuation): Cancel {
    const makeDue = this.#punctuations.get(punctuation.id);
    if (makeDue === undefined) throw new StateError(`the replay has no schedule or timers ${punctuation.id}`);
    return makeDue(punctuation);
  }

  #node(node: ProcessorNode): ProcessorNode {
    const { async: stage, id, open } = node;
    return {
      ...node,
      ...(stage && { async: { ...stage, ...unlimited } }),
      open: (context) => open.call(node, this.#context(id, context)),
    };
  }

  #context(node: NodeId, context: AnyContext): AnyContext {
    let count = 0;
    const register = (act: (punctuation: Punctuation) => void): Cancel => {
      const id = `${node}/${count++}`;
      this.#punctuations.set(id, (punctuation) => context.onIdle(1, () => act(punctuation)));
      return () => this.#punctuations.delete(id);
    };
    const time = this.#time(context);
    return {
      ...context,
      time,
      schedule: (_, __, act) => register(({ at }) => act(at)),
      onIdle: (_, act) => register(({ at }) => act(at)),
      onCaughtUp: (_, act) => register(({ at }) => act(at)),
      onExpiry: (spec, act) => {
        context.onExpiry(spec, act);
        const rows = context.store(spec as StoreSpec<KeyValueStore<unknown, unknown>>);
        register(({ at, key }) => {
          const row = rows.row(key);
          // The task ends a row by its own clocks, too, where the history has it later.
          if (row === undefined) return;
          rows.delete(key, at);
          act(key as never, row as never, at);
        });
      },
      timers: (spec, fire) => {
        const timers = context.store(spec);
        register(({ at, key }) => {
          const timer = timers.get(key as never);
          if (timer?.at !== at)
            throw new StateError(`timers "${spec.name}" have no timer of ${key} at ${at}`, { node });
          if (spec.clock === 'stream' && at > time.stream) throw new StateError(`a timer fired before ${at}`, { node });
          timers.cancel(key as never);
          fire(key as never, at, timer.value);
        });
        if (spec.clock === 'commit') this.#commitTimers.push({ name: spec.name, open: timers as never });
        return timers;
      },
      calls: (_, done) => context.calls({ one: () => this.#call(node) as never }, done),
    };
  }

  #time({ time }: AnyContext): AnyContext['time'] {
    const wall = this.#wall;
    return {
      get stream() {
        return time.stream;
      },
      get wall() {
        return wall();
      },
    };
  }

  #call(node: NodeId): Promise<unknown> {
    return new Promise((resolve) => {
      const calls = this.#calls.get(node) ?? [];
      this.#calls.set(node, calls);
      calls.push(resolve);
    });
  }
}

/** Starts every call at once and completes calls in any order. */
const unlimited = {
  order: 'none',
  concurrency: Number.POSITIVE_INFINITY,
  attempts: 1,
  buffer: { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  batch: undefined,
  perSecond: undefined,
  timeout: undefined,
} as const;
