import {
  type Clock,
  messageOf,
  type Outgoing,
  type Position,
  type Received,
  type Transport,
  toUtf8,
} from '@kstreams/core/graph';
import type { LetterPosition, ReplayBody } from '../protocol.js';
import { errorHeader, headerText, readRanges, sourceOf } from './read-letters.js';

/** The name of the header of a replayed record, with the position of its dead letter. */
const replayedHeader = 'kstreams.replayed-from';

/** Options of a replay. */
export interface ReplayOptions {
  readonly transport: Transport;
  /** The dead-letter topics of the application. */
  readonly deadLetters: readonly string[];
  /** The topics that the application reads. */
  readonly sources: ReadonlySet<string>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * Writes dead letters to the partitions that they were read from, without their error headers. Letters of other topics, and those
 * of records that the application does not read, are refused: anyone who writes dead letters could name any topic.
 */
export const replay = async (letters: readonly LetterPosition[], options: ReplayOptions): Promise<ReplayBody> => {
  const { deadLetters, sources, transport } = options;
  const refused: { letter: LetterPosition; reason: string }[] = [];
  const own = letters.filter((letter) => {
    const isOwn = deadLetters.includes(letter.topic);
    if (!isOwn) refused.push({ letter, reason: 'its topic is no declared dead-letter topic' });
    return isOwn;
  });
  const found = await readEach(own, options);
  const admin = await transport.admin();
  const topics = await admin.topics([...sources]).finally(() => admin.close());
  const records: Outgoing[] = [];
  for (const letter of own) {
    const received = found.get(idOf(letter));
    const made = received === undefined ? 'it is not there' : recordOf(received, sources, topics);
    if (typeof made === 'string') refused.push({ letter, reason: made });
    else records.push(made);
  }
  if (records.length > 0) await write(transport, records);
  return { replayed: records.length, refused };
};

const idOf = ({ offset, partition, topic }: Position): string => `${topic} ${partition} ${offset}`;

const readEach = async (
  letters: readonly LetterPosition[],
  { clock, transport }: ReplayOptions,
): Promise<ReadonlyMap<string, Received>> => {
  const found = new Map<string, Received>();
  const consumer = await transport.consumer({ clientId: 'inspector-replay' });
  try {
    for (const { offset, partition, topic } of letters) {
      const place = { topic, partition };
      const [end = 0] = await consumer.offsets([place], 'latest');
      const range = { ...place, offset, end: Math.min(end, offset + 1) };
      for (const one of await readRanges(consumer, [range], clock)) found.set(idOf(one), one);
      consumer.unassign([place]);
    }
  } finally {
    await consumer.close();
  }
  return found;
};

/** Returns the record of a dead letter, or the reason why it cannot be replayed. */
const recordOf = (
  { headers, key, offset, partition, timestamp, topic, value }: Received,
  sources: ReadonlySet<string>,
  topics: ReadonlyMap<string, { readonly partitions: number }>,
): Outgoing | string => {
  const source = sourceOf(headers);
  if (source === undefined) return 'it has no headers of an error';
  if (!sources.has(source.topic)) return `the application does not read topic "${source.topic}"`;
  if (headerText(headers, 'omitted') !== undefined) return 'its key and value were too large and are left out';
  const count = topics.get(source.topic)?.partitions ?? 0;
  if (!Number.isInteger(source.partition) || source.partition < 0 || source.partition >= count)
    return `topic "${source.topic}" has no partition ${source.partition}`;
  const kept = headers.filter(([name]) => !name.startsWith(errorHeader) && name !== replayedHeader);
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
  const producer = await transport.producer({ clientId: 'inspector-replay' });
  try {
    for (const record of records) producer.send(record);
    await producer.flush();
  } finally {
    await producer.close();
  }
};

/**
 * Returns the positions in the body of a request.
 *
 * @throws Error for a body that is none.
 */
export const lettersIn = (body: string, most: number): readonly LetterPosition[] => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (thrown) {
    throw new TypeError(`the body is no JSON: ${messageOf(thrown)}`);
  }
  const { letters } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as { letters?: unknown };
  if (!Array.isArray(letters) || letters.length > most || !letters.every(isPosition))
    throw new TypeError(`send {"letters":[{"topic":"…","partition":0,"offset":0}]} with at most ${most} letters`);
  return letters;
};

const isPosition = (value: unknown): value is LetterPosition => {
  const { offset, partition, topic } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Position>;
  const whole = (one: unknown): boolean => Number.isSafeInteger(one) && (one as number) >= 0;
  return typeof topic === 'string' && whole(partition) && whole(offset);
};
