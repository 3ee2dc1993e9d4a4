import type { Context } from './context.js';
import { StreamsError } from './errors.js';
import type { NodeId, ProcessorNode } from './node.js';
import { Pending } from './pending.js';
import type { AnyProcess } from './processor.js';
import type { StreamRecord } from './record.js';
import type { Plan } from './topology.js';

/** A processor node of one task that is about to be opened. */
export interface InterceptedNode {
  readonly id: NodeId;
  /** The operator: `filter`, `count`, `stream-join`. */
  readonly operator: string;
  readonly task: Context<never, never>['task'];
}

/** Functions to call around each record of a node. The values of tables are changes. */
export interface Interceptor {
  /** Called before the node processes a record. An error that it throws fails the node. */
  readonly before?: (record: StreamRecord<unknown, unknown>) => void;
  /** Called after the node and all nodes below it have processed the record. */
  readonly after?: (record: StreamRecord<unknown, unknown>) => void;
  /** Called when this node fails, not one below it. An error that it returns is thrown instead. */
  readonly onError?: (thrown: unknown, record: StreamRecord<unknown, unknown>) => unknown;
}

/**
 * Wraps processors, including built-in steps. Called once per node and task, when the node is opened. A node stays
 * unwrapped when it returns `undefined`.
 *
 * @example
 * const intercept: Intercept = ({ id, operator }) =>
 *   operator === 'process' ? { onError: (thrown) => new Error(`${id} failed`, { cause: thrown }) } : undefined
 * await start(shop, { intercept })
 */
export type Intercept = (node: InterceptedNode) => Interceptor | undefined;

/** Returns the plan with its processors wrapped. */
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
  !(thrown instanceof Pending) && !(thrown instanceof StreamsError && thrown.location.node !== undefined);
