import type { Clock, Consumer, ConsumerOptions, Producer, ProducerOptions, Transport } from '@kstreams/core/graph';
import type { Metrics } from '../telemetry/metrics.js';
import type { LatencySampler } from './latency-sampler.js';
import type { Pauses } from './pauses.js';
import { TaskExecutor } from './task-executor.js';
import { WorkerProducer } from './worker-producer.js';

/** The consumer and the producer of a worker. */
export interface Clients {
  readonly consumer: Consumer;
  readonly producer: WorkerProducer;
  readonly executor: TaskExecutor;
  /** True when the producer sends each record in a separate batch. */
  readonly unbatched: boolean;
}

/** Options of a worker's clients. */
export interface ClientOptions {
  readonly application: string;
  readonly index: number;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly maxTaskIdle: number;
  readonly pauses: Pauses;
  readonly instanceId: string | undefined;
  /** The label of this process in its group. */
  readonly label: string;
  /** Set for transactional writes. */
  readonly transactionalId: string | undefined;
  /** The time after which the log aborts an open transaction, in ms. */
  readonly transactionTimeout: number;
  /** Receives each record that the log refused; without it the next commit fails. */
  readonly failed?: ProducerOptions['failed'];
  /** Decides about records that were deleted before they were read. */
  readonly removed: NonNullable<ConsumerOptions['removed']>;
  /** True to send each record in a separate batch; false unless set. */
  readonly unbatched?: boolean;
  /** Measures the tasks; undefined without telemetry. */
  readonly sampler: LatencySampler | undefined;
}

/** Opens a worker's producer and aborts the transaction that an earlier producer of the same id left open. */
const openLogProducer = (options: ClientOptions): Promise<Producer> => {
  const { application, failed, index, metrics, transactionalId, transactionTimeout, transport, unbatched } = options;
  const { telemetry } = metrics;
  const transactions = transactionalId === undefined ? {} : { transactionalId, transactionTimeout };
  const clientId = `${application}-${index}`;
  return transport.producer({
    clientId,
    ...transactions,
    ...(failed && { failed }),
    ...(unbatched === true && { unbatched }),
    telemetry,
  });
};

/** Opens a worker's producer. */
export const openProducer = async (options: ClientOptions): Promise<WorkerProducer> => {
  const { index, metrics, transactionalId } = options;
  const transactional = transactionalId !== undefined;
  return new WorkerProducer(await openLogProducer(options), { metrics, transactional, worker: index });
};

/** Replaces the producer of clients; its options may differ. Call it after a commit. */
export const replaceProducer = async (clients: Clients, options: ClientOptions): Promise<Clients> => {
  await clients.producer.replace(() => openLogProducer(options));
  return { ...clients, unbatched: options.unbatched === true };
};

/** Opens a worker's consumer, producer and executor. */
export const openClients = async (options: ClientOptions): Promise<Clients> => {
  const { application, clock, index, instanceId, label, metrics, pauses, removed, sampler, transport } = options;
  const { telemetry } = metrics;
  const member = instanceId === undefined ? {} : { instanceId: `${instanceId}-${index}` };
  const producer = await openProducer(options);
  try {
    const clientId = `${application}-${index}`;
    const consumer = await transport.consumer({ clientId, group: application, label, ...member, removed, telemetry });
    const executor = new TaskExecutor({ consumer, clock, pauses, sampler });
    return { consumer, producer, executor, unbatched: options.unbatched === true };
  } catch (thrown) {
    await producer.close();
    throw thrown;
  }
};
