/** Puts changed methods between the runtime and its consumer, its producer or its rows. */
import type { Seams } from '@kstreams/simulation';
import { over } from '@kstreams/test-support/override';
import type { ByteStore, Consumer, Producer, RebalanceListener } from 'kstreams/authors';

/** Changes every consumer; those without a group are of restores. */
export const withConsumer =
  (change: (consumer: Consumer, grouped: boolean) => Partial<Consumer>) =>
  (seams: Seams): Seams => ({
    ...seams,
    transport: over(seams.transport, {
      consumer: async (options) => {
        const consumer = await seams.transport.consumer(options);
        return over(consumer, change(consumer, options.group !== undefined));
      },
    }),
  });

/** Changes what a member is told when partitions move. */
export const withListener = (change: (listener: RebalanceListener, consumer: Consumer) => Partial<RebalanceListener>) =>
  withConsumer((consumer) => ({
    subscribe: (subscription) => {
      const { listener } = subscription;
      return consumer.subscribe({ ...subscription, listener: { ...listener, ...change(listener, consumer) } });
    },
  }));

/** Changes every producer. */
export const withProducer =
  (change: (producer: Producer) => Partial<Producer>) =>
  (seams: Seams): Seams => ({
    ...seams,
    transport: over(seams.transport, {
      producer: async (options) => {
        const producer = await seams.transport.producer(options);
        return over(producer, change(producer));
      },
    }),
  });

/** Changes the byte store. */
export const withRows =
  (change: (bytes: ByteStore) => Partial<ByteStore>) =>
  (seams: Seams): Seams => ({
    ...seams,
    state: over(seams.state, {
      open: async (folder) => {
        const bytes = await seams.state.open(folder);
        return over(bytes, change(bytes));
      },
    }),
  });
