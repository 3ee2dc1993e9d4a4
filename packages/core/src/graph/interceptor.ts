import type { Context } from './context.js';
import { StreamsError } from './errors.js';
import type { NodeId, ProcessorNode } from './node.js';
import { Pending } from './pending.js';
import type { AnyProcess } from './processor.js';
import type { StreamRecord } from './record.js';
import type { Plan } from './topology.js';

/** The node of a processor that is about to be opened, in one task. */
export interface InterceptedNode {
  readonly id: NodeId;
  /** What it is: `filter`, `count`, `stream-join`. */
  readonly operator: string;
  readonly task: Context<never, never>['task'];
}

/** What is done around each record that a node is given. Records are those of the chain: tables' values are changes. */
export interface Interceptor {
  /** Before the node is given the record; what it throws, the node fails of. */
  readonly before?: (record: StreamRecord<unknown, unknown>) => void;
  /** After the node is done with it, and with all that follows from it. */
  readonly after?: (record: StreamRecord<unknown, unknown>) => void;
  /** When this node fails, and not one behind it; what it returns is thrown in place of the error. */
  readonly onError?: (thrown: unknown, record: StreamRecord<unknown, unknown>) => unknown;
}

/**
 * Wraps processors, those of the chain's own steps too: asked once per node and task, when it is opened. Nodes for which
 * there is no answer are left as they are.
 *
 * @example
 * const intercept: Intercept = ({ id, operator }) =>
 *   operator === 'process' ? { onError: (thrown) => new Error(`${id} failed`, { cause: thrown }) } : undefined
 * await start(shop, { intercept })
 */
export type Intercept = (node: InterceptedNode) => Interceptor | undefined;

/** The plan with its processors wrapped. */
export const interceptNodes = (plan: Plan, intercept: Intercept | undefined): Plan =>
  intercept === undefined
    ? plan
    : {
        ...plan,
        subtopologies: plan.subtopologies.map((subtopology) => ({
          ...subtopology,
          nodes: subtopology.nodes.map((node) => (node.kind === 'processor' ? wrapped(node, intercept) : node)),
        })),
      };

const wrapped = (node: ProcessorNode, intercept: Intercept): ProcessorNode => ({
  ...node,
  open: (context) => {
    const processes = node.open(context);
    const interceptor = intercept({ id: node.id, operator: node.operator, task: context.task });
    return interceptor === undefined ? processes : processes.map((process) => around(process, interceptor));
  },
});

const around =
  (process: AnyProcess, { after, before, onError }: Interceptor): AnyProcess =>
  (record) => {
    try {
      before?.(record);
      process(record);
    } catch (thrown) {
      throw onError === undefined || !isOwn(thrown) ? thrown : (onError(thrown, record) ?? thrown);
    }
    after?.(record);
  };

/** False for an error of a node further down, which names that node, and for a value that is not loaded yet. */
const isOwn = (thrown: unknown): boolean =>
  !(thrown instanceof Pending) && !(thrown instanceof StreamsError && thrown.place.node !== undefined);
