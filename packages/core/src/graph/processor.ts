import type { Context } from './context.js';
import type { StreamRecord } from './record.js';
import type { AnyStoreSpec } from './store.js';

/** What a processor is while records flow: called once per record, synchronously. */
export type Process<in K, in V> = (record: StreamRecord<K, V>) => void;

/**
 * A step of a topology: opened once per task, its state lives in the closure it returns.
 *
 * @example
 * const shout: Processor<string, string, string, string> = ({ forward }) => (line) =>
 *   forward(withValue(line, line.value.toUpperCase()))
 */
export type Processor<in K, in V, out K2, out V2> = (context: Context<K2, V2>) => Process<K, V>;

/**
 * A processor with the stores that it needs, so that who appends it does not have to know them.
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

/** A process whose types its holder does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyProcess = Process<any, any>;

/** A context whose types its holder does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyContext = Context<any, any>;
