import type { Context } from '../../graph/context.js';
import type { Connected, Process, Processor } from '../../graph/processor.js';
import { type RecordHeaders, record, type StreamRecord } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import type { AnyStoreSpec } from '../../graph/store.js';
import type { Timers, TimersSpec } from '../../graph/timers.js';
import type { Callback } from '../callback.js';
import type { Operator } from '../operator.js';

/** Stores and serdes of a user's processor. */
export interface ProcessOptions<K2, V2> {
  readonly stores?: readonly AnyStoreSpec[];
  readonly key?: Serde<K2>;
  readonly value?: Serde<V2>;
}

/**
 * A user's processor as a step; what it forwards may have any key.
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

const connected = <P extends Callback>(given: P | Connected<P>): Connected<P> =>
  typeof given === 'function' ? { stores: [], processor: given } : given;

/**
 * What a processor that keeps keys is opened with: it forwards values, each under the key of the record in hand, or of the
 * timer that fires.
 */
export interface ValueContext<in V, out K = unknown>
  extends Omit<Context<never, V>, 'forward' | 'forwardTo' | 'child' | 'timers'> {
  /** Forwards a value with key, timestamp and headers of the record in hand, but for those given. */
  readonly forward: (value: V, instead?: { readonly timestamp?: number; readonly headers?: RecordHeaders }) => void;
  /** As `Context.timers`, by keys of the stream: a value that is forwarded has the timer's key and instant. */
  timers<K2 extends K, T>(spec: TimersSpec<K2, T>, fire: (key: K2, at: number, value: T) => void): Timers<K2, T>;
}

/** A step that keeps each record's key: opened once per task. */
export type ValueProcessor<in K, in V, out V2> = (context: ValueContext<V2, K>) => Process<K, V>;

/**
 * A user's processor that keeps the key of each record, so that records stay where they are. It forwards only while it
 * has a record or a timer in hand, not from a schedule.
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
      const holding = (inHand: StreamRecord<K, unknown>, act: () => void): void => {
        current = inHand;
        try {
          act();
        } finally {
          current = undefined;
        }
      };
      const process = open({
        ...context,
        forward: (next, instead) => {
          if (current === undefined) {
            throw new TypeError('processValues forwarded with no record in hand, so under no key: use process instead');
          }
          const { key, timestamp, headers } = current;
          context.forward(record(key, next, instead?.timestamp ?? timestamp, instead?.headers ?? headers));
        },
        timers: (spec, fire) =>
          context.timers(spec, (key, at, set) => holding(record(key as never, set, at), () => fire(key, at, set))),
      });
      return (from) => holding(from, () => process(from));
    },
  };
};
