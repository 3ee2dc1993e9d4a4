/** The raw client's loop from consume to produce, hand-written for speed. */

/** The topics of the loop. */
export interface RawLoop {
  readonly brokers: string;
  readonly group: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** A record of the client. */
export interface RawRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer;
  readonly value: Buffer;
}

interface RawClient {
  connect(options: object, done: (failure?: Error) => void): void;
  disconnect(done: () => void): void;
  on(event: string, listener: () => void): void;
}

interface RawConsumer extends RawClient, Record<'setDefaultConsumeTimeout', (ms: number) => void> {
  subscribe(topics: readonly string[]): void;
  consume(max: number, done: (failure: Error | undefined, records: readonly RawRecord[]) => void): void;
  commitSync(offsets: readonly object[]): void;
}

interface RawProducer extends RawClient {
  setPollInBackground(on: boolean): void;
  produce(topic: string, partition: number, value: Buffer, key: Buffer, timestamp: number): void;
}

interface Raw {
  readonly KafkaConsumer: new (settings: object) => RawConsumer;
  readonly Producer: new (settings: object) => RawProducer;
}

/** A variable, so that this file compiles without the optional client. */
const library: string = '@confluentinc/kafka-javascript';

/** Makes a record of each record up to a number, waits for acknowledgements, and commits. */
export const rawLoop = async (
  { brokers, count, from, group, to }: RawLoop,
  make: (record: RawRecord) => Pick<RawRecord, 'partition' | 'key' | 'value'>,
): Promise<void> => {
  const { KafkaConsumer, Producer } = ((await import(library)) as Record<'default', Record<'RdKafka', Raw>>).default
    .RdKafka;
  const common = { 'bootstrap.servers': brokers };
  const consumer = new KafkaConsumer({
    ...common,
    'group.id': group,
    'enable.auto.commit': false,
    'auto.offset.reset': 'earliest',
    'partition.assignment.strategy': 'cooperative-sticky',
    'fetch.queue.backoff.ms': 20,
    rebalance_cb: true,
  });
  const producer = new Producer({ ...common, 'enable.idempotence': true, dr_cb: true });
  let written = 0;
  let whole = (): void => {};
  producer.on('delivery-report', () => {
    if (++written === count) whole();
  });
  await Promise.all([consumer, producer].map(connect));
  producer.setPollInBackground(true);
  consumer.setDefaultConsumeTimeout(20);
  consumer.subscribe([from]);
  const next = new Map<number, number>();
  for (let done = 0; done < count; ) {
    for (const record of await poll(consumer)) {
      const { key, partition, value } = make(record);
      producer.produce(to, partition, value, key, record.timestamp);
      next.set(record.partition, record.offset + 1);
      done++;
    }
    while (done - written > 50_000) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (written < count) await new Promise<void>((resolve) => (whole = resolve));
  consumer.commitSync([...next].map(([partition, offset]) => ({ topic: from, partition, offset })));
  for (const client of [consumer, producer]) await new Promise<void>((resolve) => client.disconnect(resolve));
};

const connect = (client: RawClient): Promise<void> =>
  new Promise((resolve, reject) => client.connect({}, (failure) => (failure ? reject(failure) : resolve())));

const poll = (consumer: RawConsumer): Promise<readonly RawRecord[]> =>
  new Promise((resolve, reject) =>
    consumer.consume(2_000, (failure, records) => (failure ? reject(failure) : resolve(records))),
  );
