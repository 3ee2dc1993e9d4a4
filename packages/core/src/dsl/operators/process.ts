import { checkValue } from '../../graph/check-options.js';
import type { Context } from '../../graph/context.js';
import { type OptionChecks, option } from '../../graph/option.js';
import type { Connected, Process, Processor } from '../../graph/processor.js';
import { type RecordHeaders, record, type StreamRecord } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import type { AnyStoreSpec } from '../../graph/store.js';
import type { Callback } from '../../graph/synchronous.js';
import type { Timers, TimersSpec } from '../../graph/timers.js';
import type { Operator } from '../operator.js';
import { type KeyStep, keyStepChecks, type Named, namedChecks } from '../options.js';

/** The stores of a user's processor and the serdes of the records it forwards. */
export interface ProcessOptions<K2, V2> {
  /** The stores it may use; none unless set. */
  readonly stores?: readonly AnyStoreSpec[];
  readonly key?: Serde<K2>;
  readonly value?: Serde<V2>;
}

/** The checks of the options of `processValues`. */
export const processValuesChecks: OptionChecks<Named & Omit<ProcessOptions<unknown, unknown>, 'key'>> = {
  ...namedChecks,
  stores: option.listOf(option.store),
  value: option.serde,
};

/** The checks of the options of `process`. */
export const processChecks: OptionChecks<KeyStep & ProcessOptions<unknown, unknown>> = {
  ...keyStepChecks,
  ...processValuesChecks,
  key: option.serde,
};

/**
 * Wraps a user's processor, which may forward records with any key.
 *
 * @example
 * orders.process((context: Context<string, number>) => (order) => context.forward(withValue(order, order.value.total)))
 */
export const processRecords = <K, V, K2, V2>(
  given: Processor<K, V, K2, V2> | Connected<Processor<K, V, K2, V2>>,
  { stores = [], key, value }: ProcessOptions<K2, V2> = {},
): Operator<K, V, K2, V2> => {
  const { processor, stores: own } = connected(given);
  return {
    name: 'process',
    key: 'changed',
    value: 'changed',
    serdes: { key, value },
    stores: [...own, ...stores],
    callback: processor,
    processor,
  };
};

/**
 * Checks a processor, alone or with its stores.
 *
 * @throws ConfigError when it is no function.
 */
export const checkProcessor = (call: string, given: unknown): void =>
  checkValue(`"processor" of ${call}`, given, option.processor);

const connected = <P extends Callback>(given: P | Connected<P>): Connected<P> =>
  typeof given === 'function' ? { stores: [], processor: given } : given;

/** The context of a processor that keeps keys. It forwards values under the key of the current record or timer. */
export interface ValueContext<in V, out K = unknown>
  extends Omit<Context<never, V>, 'forward' | 'forwardTo' | 'child' | 'timers'> {
  /** Forwards a value with the key of the current record, and with its timestamp and headers unless given. */
  readonly forward: (value: V, instead?: { readonly timestamp?: number; readonly headers?: RecordHeaders }) => void;
  /** Opens timers as `Context.timers` does. A value forwarded by `fire` has the timer's key and time. */
  timers<K2 extends K, T>(spec: TimersSpec<K2, T>, fire: (key: K2, at: number, value: T) => void): Timers<K2, T>;
}

/** A processor that keeps each record's key; opened once per task. */
export type ValueProcessor<in K, in V, out V2> = (context: ValueContext<V2, K>) => Process<K, V>;

/**
 * Wraps a user's processor that keeps the key of each record, so records stay in their partition. It can forward while a
 * record or timer is processed, but not from a schedule.
 *
 * @example
 * orders.processValues((context: ValueContext<number>) => (order) => context.forward(order.value.total))
 */
export const processValues = <K, V, V2>(
  given: ValueProcessor<K, V, V2> | Connected<ValueProcessor<K, V, V2>>,
  { stores = [], value }: Omit<ProcessOptions<K, V2>, 'key'> = {},
): Operator<K, V, K, V2> => {
  const { processor: open, stores: own } = connected(given);
  return {
    name: 'process-values',
    key: 'kept',
    value: 'changed',
    serdes: { value },
    stores: [...own, ...stores],
    callback: open,
    processor: (context) => {
      let current: StreamRecord<K, unknown> | undefined;
      const withCurrent = (next: StreamRecord<K, unknown>, act: () => unknown): unknown => {
        current = next;
        try {
          return act();
        } finally {
          current = undefined;
        }
      };
      const process = open({
        ...context,
        forward: (value, instead) => {
          if (current === undefined) {
            throw new TypeError(
              'processValues forwarded without a current record, so without a key: use process instead',
            );
          }
          const { key, timestamp, headers } = current;
          context.forward(record(key, value, instead?.timestamp ?? timestamp, instead?.headers ?? headers));
        },
        timers: (spec, fire) =>
          context.timers(spec, (key, at, set) => withCurrent(record(key as never, set, at), () => fire(key, at, set))),
      });
      return (from) => withCurrent(from, () => process(from));
    },
  };
};
