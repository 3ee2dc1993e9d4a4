import { type ByteStore, type Consumer, concatBytes, encodeRow, type Received, type Write } from '@kstreams/core';
import { decodePosition, positionKey, rangeOf } from './keys.js';
import { type OpenStore, positionWrite } from './task-stores.js';

/** How many records a restore applies in one batch. */
const batchLength = 1_000;

/**
 * Brings a store's rows up to where its changelog ends, or for a source topic to `until`: from the stored position, in
 * offset order, the position in the same batch as the rows. Rows whose position cannot be one of this changelog are
 * dropped and read anew. Answers how many records were applied.
 */
export const restoreStore = async (
  { spec, changelog, partition, prefix }: OpenStore,
  bytes: ByteStore,
  consumer: Consumer,
  until: number | undefined,
): Promise<number> => {
  if (changelog === undefined) return 0;
  const source = { topic: changelog, partition };
  const [first = 0] = await consumer.offsets([source], 'earliest');
  const [last = 0] = await consumer.offsets([source], 'latest');
  const end = until === undefined ? last : Math.min(until, last);
  const stored = bytes.get(positionKey(spec.name, partition));
  let position = stored === undefined ? undefined : decodePosition(stored);
  if (position === undefined || position > last || position < first) {
    await bytes.clear(...rangeOf(prefix));
    position = first;
  }
  consumer.assign([{ ...source, offset: position }]);
  let applied = 0;
  while ((consumer.position(source) ?? end) < end) {
    const records = (await consumer.poll(batchLength, 100)).filter(({ offset }) => offset < end);
    if (records.length === 0) continue;
    const next = (records.at(-1) as Received).offset + 1;
    await bytes.commit([
      ...records.flatMap((record) => rowOf(prefix, record)),
      positionWrite(spec.name, partition, next),
    ]);
    applied += records.length;
  }
  consumer.unassign([source]);
  return applied;
};

const rowOf = (prefix: Uint8Array, { key, value, timestamp }: Received): Write[] =>
  key === null ? [] : [[concatBytes(prefix, key), value === null ? undefined : encodeRow(value, timestamp)]];
