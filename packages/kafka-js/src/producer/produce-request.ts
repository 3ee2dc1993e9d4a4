/** The request to write batches that are encoded already. */
import { createAPI, produceV9, Writer } from '@platformatic/kafka';

/** A batch of a partition. */
export interface ProducedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

/** All replicas in sync must have a record before it is acknowledged. */
const allReplicas = -1;

const createRequest = (transactionalId: string | null, timeout: number, batches: readonly ProducedBatch[]): Writer => {
  const byTopic = new Map<string, ProducedBatch[]>();
  for (const batch of batches) {
    const known = byTopic.get(batch.topic);
    if (known === undefined) byTopic.set(batch.topic, [batch]);
    else known.push(batch);
  }
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(allReplicas)
    .appendInt32(timeout)
    .appendArray([...byTopic], (ofTopic, [topic, all]) => {
      ofTopic.appendString(topic).appendArray(all, (one, { bytes, partition }) => {
        one
          .appendInt32(partition)
          .appendUnsignedVarInt(bytes.length + 1)
          .append(bytes);
      });
    })
    .appendTaggedFields();
};

/** The request to write batches, version 9: the first that every broker since Kafka 2.8 has, and with transactions of both kinds. */
export const produceApi = createAPI<
  [transactionalId: string | null, timeout: number, batches: readonly ProducedBatch[]],
  ReturnType<typeof produceV9.parseResponse>
>(0, 9, createRequest, produceV9.parseResponse);
