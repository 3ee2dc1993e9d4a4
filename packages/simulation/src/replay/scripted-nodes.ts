import {
  type AnyContext,
  type Cancel,
  type NodeId,
  type ProcessorNode,
  StateError,
  type TaskNode,
} from '@kstreams/core/graph';
import type { DueCall } from '../history/history.js';

type Ask = (due: DueCall) => Cancel;

/**
 * What the nodes of a replayed task wait for comes from here: a call comes to what it came to in the history, and what was
 * asked of a clock is due when the history says so.
 */
export class ScriptedNodes {
  readonly #calls = new Map<NodeId, ((value: unknown) => void)[]>();
  readonly #asked = new Map<string, Ask>();
  readonly #wall: () => number;

  /** `wall` is the time on the wall that nodes see. */
  constructor(wall: () => number) {
    this.#wall = wall;
  }

  /** The nodes of a task, opened so. */
  nodes(nodes: readonly TaskNode[]): readonly TaskNode[] {
    return nodes.map((node) => (node.kind === 'processor' ? this.#node(node) : node));
  }

  /** A commit lies between what comes and what came. */
  committed(): void {
    this.#calls.clear();
  }

  /** The call of a record that entered a stage comes to something. */
  answer(node: NodeId, entry: number, value: unknown): void {
    const call = this.#calls.get(node)?.[entry];
    if (call === undefined) throw new StateError(`the replay has no call ${entry} of "${node}"`, { node });
    call(value);
  }

  /** Something is due once, until it is cancelled. */
  due(call: DueCall): Cancel {
    const ask = this.#asked.get(call.id);
    if (ask === undefined) throw new StateError(`the replay was not asked for ${call.id}`);
    return ask(call);
  }

  #node(node: ProcessorNode): ProcessorNode {
    const { async: stage, id, open } = node;
    return {
      ...node,
      ...(stage && { async: { ...stage, ...free } }),
      open: (context) => open.call(node, this.#context(id, context)),
    };
  }

  #context(node: NodeId, context: AnyContext): AnyContext {
    let asked = 0;
    const ask = (how: Ask): Cancel => {
      const id = `${node}/${asked++}`;
      this.#asked.set(id, how);
      return () => this.#asked.delete(id);
    };
    return {
      ...context,
      time: this.#time(context),
      schedule: (_, __, act) => ask(({ at, due }) => context.schedule(1, 'wall', () => act(at), { anchor: due })),
      onIdle: (_, act) => ask(({ at }) => context.onIdle(0, () => act(at))),
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

/** Calls begin as records come in, and end in whatever order. */
const free = {
  order: 'none',
  concurrency: Number.POSITIVE_INFINITY,
  attempts: 1,
  buffer: { records: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  batch: undefined,
  perSecond: undefined,
  timeout: undefined,
} as const;
