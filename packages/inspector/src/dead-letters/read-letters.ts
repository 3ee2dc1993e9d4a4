import {
  type Bytes,
  type Clock,
  type Consumer,
  fromUtf8,
  type Position,
  type Received,
  type RecordHeaders,
  type Transport,
} from '@kstreams/core/graph';
import { isSecretName, redacted } from '../configuration/redaction.js';
import type { LetterBody } from '../protocol.js';
import { boundedJson } from '../tails/bounded-json.js';

/** The most letters per partition, and the longest time of a read in ms. */
const [mostLetters, patience] = [50, 5_000];

/** The headers of an error of a dead letter, after KIP-1034. */
export const errorHeader = '__streams.errors.';

/** Resolves to the latest dead letters of topics, the newest first. */
export const readLetters = async (
  transport: Transport,
  topics: readonly string[],
  clock: Pick<Clock, 'monotonic'>,
): Promise<readonly LetterBody[]> => {
  if (topics.length === 0) return [];
  const admin = await transport.admin();
  const described = await admin.topics(topics).finally(() => admin.close());
  const partitions = [...described.values()].flatMap(({ name, partitions: count }) =>
    Array.from({ length: count }, (_, partition) => ({ topic: name, partition })),
  );
  const consumer = await transport.consumer({ clientId: 'inspector-dead-letters' });
  try {
    const begins = await consumer.offsets(partitions, 'earliest');
    const ends = await consumer.offsets(partitions, 'latest');
    const ranges = partitions.map((one, at) => {
      const end = ends[at] ?? 0;
      return { ...one, offset: Math.max(begins[at] ?? 0, end - mostLetters), end };
    });
    const read = await readRanges(consumer, ranges, clock);
    return read.map(letterOf).sort((a, b) => b.timestamp - a.timestamp || b.offset - a.offset);
  } finally {
    await consumer.close();
  }
};

/** Resolves to the records of ranges of partitions, as many as are read in time. */
export const readRanges = async (
  consumer: Consumer,
  ranges: readonly (Position & { readonly end: number })[],
  clock: Pick<Clock, 'monotonic'>,
): Promise<readonly Received[]> => {
  const filled = ranges.filter(({ end, offset }) => offset < end);
  consumer.assign(filled.map(({ offset, partition, topic }) => ({ topic, partition, offset })));
  const until = clock.monotonic() + patience;
  const records: Received[] = [];
  const left = (): boolean => filled.some((one) => (consumer.position(one) ?? one.offset) < one.end);
  while (left() && clock.monotonic() < until) records.push(...(await consumer.poll(500, 200)));
  const ends = new Map(filled.map(({ end, partition, topic }) => [`${topic}-${partition}`, end]));
  return records.filter(({ offset, partition, topic }) => offset < (ends.get(`${topic}-${partition}`) ?? 0));
};

/** Returns the source of a dead letter; undefined for a record that is none. */
export const sourceOf = (headers: RecordHeaders): Position | undefined => {
  const [topic, partition, offset] = ['topic', 'partition', 'offset'].map((name) => headerText(headers, name));
  return topic === undefined || partition === undefined
    ? undefined
    : { topic, partition: Number(partition), offset: Number(offset) };
};

/** Returns the text of an error header of a dead letter. */
export const headerText = (headers: RecordHeaders, name: string): string | undefined => {
  const found = headers.find(([one]) => one === `${errorHeader}${name}`)?.[1];
  return found === undefined || found === null ? undefined : fromUtf8(found);
};

const letterOf = ({ headers, key, offset, partition, timestamp, topic, value }: Received): LetterBody => ({
  topic,
  partition,
  offset,
  timestamp,
  key: shown(key),
  value: shown(value),
  exception: headerText(headers, 'exception'),
  message: headerText(headers, 'message'),
  source: sourceOf(headers),
  omitted: headerText(headers, 'omitted') !== undefined,
  headers: headers.flatMap(([name, bytes]) =>
    name.startsWith(errorHeader) ? [] : [[name, isSecretName(name) ? redacted : String(shown(bytes))]],
  ),
});

/** Returns bytes as the JSON or the text that they are, else as bytes. */
const shown = (bytes: Bytes | null): unknown => {
  if (bytes === null) return null;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // They are no text.
    return boundedJson(bytes);
  }
  try {
    return boundedJson(JSON.parse(text));
  } catch {
    // The text is no JSON.
    return boundedJson(text);
  }
};
