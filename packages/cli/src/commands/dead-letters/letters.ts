import {
  type AnySerde,
  ConfigError,
  type Plan,
  type Position,
  type Received,
  type Transport,
} from '@kstreams/core/graph';
import { deadLettersOf, letterHeaders, letterSource, letterText } from '@kstreams/runtime';
import { bytes, nullable } from '@kstreams/serde';
import { type DecodedRecord, decodeRecord } from '../../decoded-record.js';
import type { Application } from '../../load-application.js';
import { readRecords } from '../../read-records.js';
import { serdesOf, type TopicSerdes } from '../../serdes.js';

/** A dead letter as JSON: the record, its error and the position that it was read from. */
export interface Letter extends DecodedRecord {
  readonly topic: string;
  readonly exception?: string;
  readonly message?: string;
  readonly source?: Position;
  /** True when the record was too large to be in its letter. */
  readonly omitted?: boolean;
}

/** A choice of dead letters; all of them unless restricted. */
export interface LetterFilter {
  /** A text in the name or the message of the error, in any case. */
  readonly reason?: string;
  /** The earliest timestamp of the record, in ms. */
  readonly since?: number;
  /** The timestamp that the record is older than, in ms. */
  readonly until?: number;
  /** Positions of letters; of any topic without one. */
  readonly positions?: readonly LetterPosition[];
}

/** The position of a dead letter. */
export interface LetterPosition {
  readonly topic?: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Returns the dead-letter topics of an application.
 *
 * @throws ConfigError without one.
 */
export const letterTopics = ({ options, plan }: Application, given: readonly string[]): readonly string[] => {
  const topics = given.length > 0 ? given : deadLettersOf(plan, options.deadLetters);
  if (topics.length > 0) return topics;
  throw new ConfigError(
    `${plan.name} declares no dead-letter topic: pass --topic, or export const options = { deadLetters: ['…'] } beside it`,
  );
};

/** Reads the chosen dead letters of topics. */
export async function* readLetters(
  log: Transport,
  topics: readonly string[],
  filter: LetterFilter,
): AsyncGenerator<Received> {
  const { signal } = new AbortController();
  for (const topic of topics) {
    for await (const record of readRecords(log, topic, { from: 'earliest', follow: false }, signal)) {
      if (isChosen(record, filter)) yield record;
    }
  }
}

const isChosen = (letter: Received, { positions, reason, since, until }: LetterFilter): boolean => {
  const { headers, offset, partition, timestamp, topic } = letter;
  if (since !== undefined && timestamp < since) return false;
  if (until !== undefined && timestamp >= until) return false;
  const isAt = (one: LetterPosition): boolean =>
    one.partition === partition && one.offset === offset && (one.topic ?? topic) === topic;
  if (positions !== undefined && !positions.some(isAt)) return false;
  if (reason === undefined) return true;
  const error = `${letterText(headers, 'exception')}: ${letterText(headers, 'message')}`;
  return error.toLowerCase().includes(reason.toLowerCase());
};

/** Decodes a dead letter with the serdes of the topic that its record was read from, else as bytes. */
export const decodeLetter = async (letter: Received, plan: Plan): Promise<Letter> => {
  const headers = letterHeaders(letter.headers);
  const [exception, message] = [letterText(letter.headers, 'exception'), letterText(letter.headers, 'message')];
  const source = letterSource(letter.headers);
  const decoded = await decodeRecord({ ...letter, headers }, serdesOfSource(plan, source));
  return {
    topic: letter.topic,
    ...decoded,
    ...(exception !== undefined && { exception }),
    ...(message !== undefined && { message }),
    ...(source !== undefined && { source }),
    ...(letterText(letter.headers, 'omitted') !== undefined && { omitted: true }),
  };
};

const asBytes = nullable(bytes) as AnySerde;

const serdesOfSource = (plan: Plan, source: Position | undefined): TopicSerdes => {
  try {
    if (source !== undefined) return serdesOf(plan, source.topic);
  } catch (thrown) {
    // The application does not read the topic in this version.
    if (!(thrown instanceof ConfigError)) throw thrown;
  }
  return { key: asBytes, value: asBytes };
};
