import type { Clock, Consumer, ProducerOptions, Transport } from '@kstreams/core/graph';
import type { Pauses } from './pauses.js';
import { TaskExecutor } from './task-executor.js';
import { WorkerProducer } from './worker-producer.js';

/** How a worker reads and writes. */
export interface Clients {
  readonly consumer: Consumer;
  readonly producer: WorkerProducer;
  readonly executor: TaskExecutor;
}

/** What the clients of a worker are opened with. */
export interface ClientOptions {
  readonly application: string;
  readonly index: number;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly maxTaskIdle: number;
  readonly pauses: Pauses;
  readonly instanceId: string | undefined;
  /** The id of its transactions, where it has some, and how long one may stay open, in ms. */
  readonly transactionalId: string | undefined;
  readonly transactionTimeout: number;
  /** Is told of each record that the log refused; where nobody judges it, the next commit fails. */
  readonly failed?: ProducerOptions['failed'];
}

/** Opens a worker's producer, which takes back what an earlier one of its id has left open. */
export const openProducer = async (options: ClientOptions): Promise<WorkerProducer> => {
  const { application, failed, index, transactionalId, transactionTimeout, transport } = options;
  const transactions = transactionalId === undefined ? {} : { transactionalId, transactionTimeout };
  const clientId = `${application}-${index}`;
  const producer = await transport.producer({ clientId, ...transactions, ...(failed && { failed }) });
  return new WorkerProducer(producer, transactionalId !== undefined);
};

/** Opens a worker's consumer and its producer. */
export const openClients = async (options: ClientOptions): Promise<Clients> => {
  const { application, clock, index, instanceId, pauses, transport } = options;
  const member = instanceId === undefined ? {} : { instanceId: `${instanceId}-${index}` };
  const producer = await openProducer(options);
  try {
    const consumer = await transport.consumer({ clientId: `${application}-${index}`, group: application, ...member });
    return { consumer, producer, executor: new TaskExecutor({ consumer, clock, pauses }) };
  } catch (thrown) {
    await producer.close();
    throw thrown;
  }
};
