import {
  fromUtf8,
  type Outgoing,
  type Position,
  type Received,
  type RecordHeaders,
  type Transport,
  toUtf8,
} from '@kstreams/core/graph';

/** The headers of the error of a dead letter, after KIP-1034. */
const errorHeader = '__streams.errors.';

/** The name of the header of a replayed record, with the position of its dead letter. */
const replayedHeader = 'kstreams.replayed-from';

/** A part of the error of a dead letter. */
export type LetterPart = 'exception' | 'message' | 'stacktrace' | 'topic' | 'partition' | 'offset' | 'omitted';

/** Returns a part of the error of a dead letter as text. */
export const letterText = (headers: RecordHeaders, part: LetterPart): string | undefined => {
  const found = headers.find(([name]) => name === `${errorHeader}${part}`)?.[1];
  return found === undefined || found === null ? undefined : fromUtf8(found);
};

/** Returns the position of the record of a dead letter; undefined for a record that is none. */
export const letterSource = (headers: RecordHeaders): Position | undefined => {
  const [topic, partition, offset] = (['topic', 'partition', 'offset'] as const).map((part) =>
    letterText(headers, part),
  );
  return topic === undefined || partition === undefined
    ? undefined
    : { topic, partition: Number(partition), offset: Number(offset) };
};

/** Returns the headers of the record of a dead letter, without those of its error. */
export const letterHeaders = (headers: RecordHeaders): RecordHeaders =>
  headers.filter(([name]) => !name.startsWith(errorHeader));

/** A dead letter that is not replayed. */
export interface RefusedLetter {
  readonly letter: Position;
  readonly reason: string;
}

/** Options of a replay. */
export interface ReplayOptions {
  readonly transport: Transport;
  /** The topics that the application reads. Letters of others are refused: anyone who writes dead letters could name any topic. */
  readonly sources: ReadonlySet<string>;
  /** True to write nothing and return what would be refused; false unless set. */
  readonly dryRun?: boolean;
}

/** Writes dead letters to the partitions that they were read from, without their error headers. */
export const replayLetters = async (
  letters: readonly Received[],
  { dryRun = false, sources, transport }: ReplayOptions,
): Promise<{ readonly replayed: number; readonly refused: readonly RefusedLetter[] }> => {
  const admin = await transport.admin();
  const topics = await admin.topics([...sources]).finally(() => admin.close());
  const refused: RefusedLetter[] = [];
  const records: Outgoing[] = [];
  for (const letter of letters) {
    const made = recordOf(letter, sources, topics);
    if (typeof made === 'string') refused.push({ letter: positionOf(letter), reason: made });
    else records.push(made);
  }
  if (records.length > 0 && !dryRun) await write(transport, records);
  return { replayed: records.length, refused };
};

const positionOf = ({ offset, partition, topic }: Position): Position => ({ topic, partition, offset });

/** Returns the record of a dead letter, or the reason why it cannot be replayed. */
const recordOf = (
  { headers, key, offset, partition, timestamp, topic, value }: Received,
  sources: ReadonlySet<string>,
  topics: ReadonlyMap<string, { readonly partitions: number }>,
): Outgoing | string => {
  const source = letterSource(headers);
  if (source === undefined) return 'it has no headers of an error';
  if (!sources.has(source.topic)) return `the application does not read topic "${source.topic}"`;
  if (letterText(headers, 'omitted') !== undefined) return 'its key and value were too large and are left out';
  const count = topics.get(source.topic)?.partitions ?? 0;
  if (!Number.isInteger(source.partition) || source.partition < 0 || source.partition >= count)
    return `topic "${source.topic}" has no partition ${source.partition}`;
  const kept = letterHeaders(headers).filter(([name]) => name !== replayedHeader);
  const from = toUtf8(`${topic}-${partition}@${offset}`);
  return {
    topic: source.topic,
    partition: source.partition,
    key,
    value,
    timestamp,
    headers: [...kept, [replayedHeader, from]],
  };
};

const write = async (transport: Transport, records: readonly Outgoing[]): Promise<void> => {
  const producer = await transport.producer({ clientId: 'replay' });
  try {
    for (const record of records) producer.send(record);
    await producer.flush();
  } finally {
    await producer.close();
  }
};
