import type { Clock, Consumer, RebalanceListener, Transport } from '@kstreams/core';
import { Feed } from './feed.js';
import { Outbox } from './outbox.js';
import type { Reading } from './reading.js';

/** How a worker reads and writes. */
export interface Clients {
  readonly consumer: Consumer;
  readonly outbox: Outbox;
  readonly feed: Feed;
}

/** What the clients of a worker are opened with. */
export interface ClientOptions {
  readonly application: string;
  readonly index: number;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly maxTaskIdle: number;
  readonly instanceId: string | undefined;
  /** The id of its transactions, where it has some, and how long one may stay open, in ms. */
  readonly transactionalId: string | undefined;
  readonly transactionTimeout: number;
}

/** Opens a worker's consumer and its producer, which takes back what an earlier one of its id has left open. */
export const openClients = async (options: ClientOptions): Promise<Clients> => {
  const { application, clock, index, instanceId, maxTaskIdle, transactionalId, transactionTimeout, transport } =
    options;
  const clientId = `${application}-${index}`;
  const member = instanceId === undefined ? {} : { instanceId: `${instanceId}-${index}` };
  const transactions = transactionalId === undefined ? {} : { transactionalId, transactionTimeout };
  const producer = await transport.producer({ clientId, ...transactions });
  try {
    const consumer = await transport.consumer({ clientId, group: application, ...member });
    const outbox = new Outbox(producer, transactionalId !== undefined);
    return { consumer, outbox, feed: new Feed({ consumer, clock, maxTaskIdle }) };
  } catch (thrown) {
    await producer.close();
    throw thrown;
  }
};

/** Asks to join the group, which divides the leaders; who follows them is as it is when they come. */
export const subscribe = (consumer: Consumer, reading: Reading, listener: RebalanceListener): Promise<void> =>
  consumer.subscribe({
    leaders: reading.assignment.leaders,
    followers: (leader) => reading.assignment.followers(leader),
    listener,
  });
