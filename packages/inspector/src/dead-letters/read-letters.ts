import type { Bytes, Clock, Consumer, Position, Received, Transport } from '@kstreams/core/graph';
import { letterHeaders, letterSource, letterText } from '@kstreams/runtime';
import { isSecretName, redacted } from '../configuration/redaction.js';
import type { LetterBody } from '../protocol.js';
import { boundedJson } from '../tails/bounded-json.js';

/** The most letters per partition, and the longest time of a read in ms. */
const [mostLetters, patience] = [50, 5_000];

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

const letterOf = ({ headers, key, offset, partition, timestamp, topic, value }: Received): LetterBody => ({
  topic,
  partition,
  offset,
  timestamp,
  key: shown(key),
  value: shown(value),
  exception: letterText(headers, 'exception'),
  message: letterText(headers, 'message'),
  source: letterSource(headers),
  omitted: letterText(headers, 'omitted') !== undefined,
  headers: letterHeaders(headers).map(([name, bytes]) => [name, isSecretName(name) ? redacted : String(shown(bytes))]),
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
