/** Overrides methods of the consumers, producers and stores of the runtime. */
import type { Seams } from '@kstreams/simulation';
import { override } from '@kstreams/test-support/override';
import type { ByteStore, Consumer, Producer, RebalanceListener } from 'kstreams/authors';

/** Overrides methods of every consumer. Consumers without a group restore state. */
export const withConsumer =
  (change: (consumer: Consumer, grouped: boolean) => Partial<Consumer>) =>
  (seams: Seams): Seams => ({
    ...seams,
    transport: override(seams.transport, {
      consumer: async (options) => {
        const consumer = await seams.transport.consumer(options);
        return override(consumer, change(consumer, options.group !== undefined));
      },
    }),
  });

/** Overrides the listener of a group member. */
export const withListener = (change: (listener: RebalanceListener, consumer: Consumer) => Partial<RebalanceListener>) =>
  withConsumer((consumer) => ({
    subscribe: (subscription) => {
      const { listener } = subscription;
      return consumer.subscribe({ ...subscription, listener: { ...listener, ...change(listener, consumer) } });
    },
  }));

/** Overrides methods of every producer. */
export const withProducer =
  (change: (producer: Producer) => Partial<Producer>) =>
  (seams: Seams): Seams => ({
    ...seams,
    transport: override(seams.transport, {
      producer: async (options) => {
        const producer = await seams.transport.producer(options);
        return override(producer, change(producer));
      },
    }),
  });

/** Overrides methods of the byte store. */
export const withRows =
  (change: (bytes: ByteStore) => Partial<ByteStore>) =>
  (seams: Seams): Seams => ({
    ...seams,
    state: override(seams.state, {
      open: async (folder) => {
        const bytes = await seams.state.open(folder);
        return override(bytes, change(bytes));
      },
    }),
  });
