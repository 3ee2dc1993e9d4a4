import {
  type AnyContext,
  type AnyProcess,
  ConfigError,
  type NodeId,
  ProcessingError,
  refusePromise,
} from '@kstreams/core/graph';
import type { Scope } from './scope.js';

/**
 * Returns the context of a processor of the user. It refuses records that are forwarded outside of the task's turn: after
 * an await, from a timer of JavaScript, or while the processor is opened. Other nodes cannot do that.
 */
export const inTurn = (context: AnyContext, node: NodeId, { id, turn }: Pick<Scope, 'id' | 'turn'>): AnyContext => {
  const checked =
    (process: AnyProcess): AnyProcess =>
    (record) => {
      if (!turn.open) throw outsideOfTurn(node, id);
      process(record);
    };
  const child = (name: string): AnyProcess => checked(context.child(name));
  return {
    ...context,
    forward: checked(context.forward),
    child,
    forwardTo: (name, record) => child(name)(record),
  };
};

/**
 * Wraps a process of the user to refuse a promise, which nothing awaits.
 *
 * @throws ConfigError for a process that is no function.
 */
export const withoutPromise = (process: AnyProcess, node: NodeId): AnyProcess => {
  if (typeof process !== 'function')
    throw new ConfigError(`the processor of "${node}" returned a ${typeof process}: return a function for each record`);
  return (record) => {
    const result: unknown = process(record);
    if (result !== undefined) refusePromise(result, 'the function per record');
  };
};

const outsideOfTurn = (node: NodeId, task: string): ProcessingError =>
  new ProcessingError(
    `"${node}" forwarded a record late, such as after an await, or while it was opened: forward while a record, timer or ` +
      'schedule is processed, and await in mapAsync or processAsync',
    { node, task },
  );
