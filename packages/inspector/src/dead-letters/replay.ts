import { type Clock, messageOf, type Position, type Received, type Transport } from '@kstreams/core/graph';
import { replayLetters } from '@kstreams/runtime';
import type { LetterPosition, ReplayBody } from '../protocol.js';
import { readRanges } from './read-letters.js';

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
  const result = await replayLetters([...found.values()], { sources, transport });
  const missing = own.filter((letter) => !found.has(idOf(letter)));
  return {
    replayed: result.replayed,
    refused: [...refused, ...result.refused, ...missing.map((letter) => ({ letter, reason: 'it is not there' }))],
  };
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
