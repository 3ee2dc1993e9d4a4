import {
  type AnyContext,
  type Cancel,
  type NodeId,
  type ProcessorNode,
  StateError,
  type TaskNode,
} from '@kstreams/core/graph';
import type { DueCall } from '../history/task-step.js';

type Schedule = (due: DueCall) => Cancel;

/**
 * Wraps the nodes of a replayed task so that the history drives them: async calls return the recorded results, and scheduled
 * callbacks fire at the recorded times.
 */
export class ScriptedNodes {
  readonly #calls = new Map<NodeId, ((value: unknown) => void)[]>();
  readonly #schedules = new Map<string, Schedule>();
  readonly #wall: () => number;

  /** `wall` returns the wall-clock time that nodes see, in ms. */
  constructor(wall: () => number) {
    this.#wall = wall;
  }

  /** Returns the nodes of a task, wrapped. */
  nodes(nodes: readonly TaskNode[]): readonly TaskNode[] {
    return nodes.map((node) => (node.kind === 'processor' ? this.#node(node) : node));
  }

  /** Forgets the calls before a commit. */
  committed(): void {
    this.#calls.clear();
  }

  /** Resolves the call of the record that entered a stage as number `entry`. */
  resolve(node: NodeId, entry: number, value: unknown): void {
    const call = this.#calls.get(node)?.[entry];
    if (call === undefined) throw new StateError(`the replay has no call ${entry} of "${node}"`, { node });
    call(value);
  }

  /** Makes a scheduled callback due, once and until cancelled. */
  due(call: DueCall): Cancel {
    const schedule = this.#schedules.get(call.id);
    if (schedule === undefined) throw new StateError(`the replay has no scheduled callback ${call.id}`);
    return schedule(call);
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
    const register = (schedule: Schedule): Cancel => {
      const id = `${node}/${count++}`;
      this.#schedules.set(id, schedule);
      return () => this.#schedules.delete(id);
    };
    return {
      ...context,
      time: this.#time(context),
      schedule: (_, clock, act) =>
        register(({ at, due }) =>
          clock === 'stream'
            ? context.onIdle(1, () => act(at))
            : context.schedule(1, 'wall', () => act(at), { anchor: due }),
        ),
      onIdle: (_, act) => register(({ at }) => context.onIdle(1, () => act(at))),
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
