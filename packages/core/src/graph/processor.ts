import type { Context } from './context.js';
import type { StreamRecord } from './record.js';
import type { AnyStoreSpec } from './store.js';

/** Processes one record, synchronously. */
export type Process<in K, in V> = (record: StreamRecord<K, V>) => void;

/**
 * A step of a topology, opened once per task. Its state is kept in the closure that it returns.
 *
 * @example
 * const shout: Processor<string, string, string, string> = ({ forward }) => (line) =>
 *   forward(withValue(line, line.value.toUpperCase()))
 */
export type Processor<in K, in V, out K2, out V2> = (context: Context<K2, V2>) => Process<K, V>;

/**
 * A processor with the stores that it uses.
 *
 * @example
 * const counting: Connected<Processor<string, string, string, number>> = { stores: [counts], processor: count }
 * lines.process(counting)
 */
export interface Connected<out P> {
  readonly stores: readonly AnyStoreSpec[];
  readonly processor: P;
}

/** A processor with two inputs, opened once per task. */
export type BinaryProcessor<in K, in A, in B, out K2, out V2> = (
  context: Context<K2, V2>,
) => readonly [left: Process<K, A>, right: Process<K, B>];

/** A process of any types. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyProcess = Process<any, any>;

/** A context of any types. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyContext = Context<any, any>;
