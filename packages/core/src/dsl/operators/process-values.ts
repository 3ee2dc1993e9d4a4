import type { Processor } from '../../graph/processor.js';
import type { Serde } from '../../graph/serde.js';
import type { AnyStoreSpec } from '../../graph/store.js';
import type { Operator } from '../operator.js';

/** Stores and serdes of a user's processor. */
export interface ProcessOptions<K2, V2> {
  readonly stores?: readonly AnyStoreSpec[];
  readonly key?: Serde<K2>;
  readonly value?: Serde<V2>;
}

/** A user's processor as a step; what it forwards may have any key. */
export const processRecords = <K, V, K2, V2>(
  processor: Processor<K, V, K2, V2>,
  { stores, key, value }: ProcessOptions<K2, V2> = {},
): Operator<K, V, K2, V2> => ({
  name: 'process',
  key: 'changed',
  value: 'changed',
  serdes: { key, value },
  stores,
  processor,
});

/** A user's processor that keeps the key of the record in hand; forwarding another key is an error. */
export const processValues = <K, V, V2>(
  processor: Processor<K, V, K, V2>,
  { stores, value }: Omit<ProcessOptions<K, V2>, 'key'> = {},
): Operator<K, V, K, V2> => ({
  name: 'process-values',
  key: 'kept',
  value: 'changed',
  serdes: { value },
  stores,
  processor: (context) => {
    let current: { readonly key: K } | undefined;
    const process = processor({
      ...context,
      forward: (record) => {
        if (current !== undefined && record.key !== current.key) {
          throw new TypeError('processValues forwarded a record with another key: use process, or keep the key');
        }
        context.forward(record);
      },
    });
    return (record) => {
      current = record;
      process(record);
      current = undefined;
    };
  },
});
