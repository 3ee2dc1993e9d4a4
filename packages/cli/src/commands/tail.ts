import {
  type AnySerde,
  ConfigError,
  type Consumer,
  fromUtf8,
  messageOf,
  type OffsetQuery,
  type Received,
  retryPending,
  type Transport,
  toTypedJson,
} from '@kstreams/core/graph';
import { type Command, InvalidArgumentError } from 'commander';
import { type Connection, connectionOptions, withLog } from '../connection.js';
import type { Environment } from '../environment.js';
import { offsetQueryOf } from '../offset-query.js';
import { type SerdeOptions, serdeOptions, type TopicSerdes, topicSerdes } from '../serdes.js';
import { partitionsOf } from './topics.js';

interface TailOptions extends Connection, SerdeOptions {
  readonly from: OffsetQuery;
  readonly follow: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

/** Maximum number of records of one poll. */
const pollLength = 500;
/** The longest wait of a poll, in ms. */
const longestPoll = 1_000;

/** Adds `kstreams tail`. */
export const addTail = (program: Command, { connect, onSignal, print }: Environment): void => {
  serdeOptions(connectionOptions(program.command('tail')))
    .description('print the records of a topic, and new ones until a signal')
    .argument('<topic>')
    .option('--from <start>', 'earliest, latest, or a time such as 2026-01-31T12:00Z', offsetQueryOf, 'latest')
    .option('--no-follow', 'stop at the current end')
    .option('--limit <n>', 'stop after n records', limitOf, Number.POSITIVE_INFINITY)
    .option('--json', 'print one JSON object per record')
    .action(async (topic: string, options: TailOptions) => {
      const { json, limit } = options;
      const serdes = await topicSerdes(topic, options);
      const stopped = new AbortController();
      const stopListening = onSignal(() => stopped.abort());
      try {
        await withLog(await connect(options), async (log) => {
          let left = limit;
          for await (const record of read(log, topic, options, stopped.signal)) {
            const decoded = await decode(record, serdes);
            print(json ? JSON.stringify(decoded) : lineOf(decoded));
            left -= 1;
            if (left === 0) return;
          }
        });
      } finally {
        stopListening();
      }
    });
};

async function* read(
  log: Transport,
  topic: string,
  { follow, from }: Pick<TailOptions, 'follow' | 'from'>,
  signal: AbortSignal,
): AsyncGenerator<Received> {
  const partitions = await existing(log, topic);
  const consumer: Consumer = await log.consumer({ clientId: 'kstreams-tail' });
  const wake = (): void => consumer.wake();
  signal.addEventListener('abort', wake);
  try {
    const starts = await consumer.offsets(partitions, from);
    const ends = await consumer.offsets(partitions, 'latest');
    consumer.assign(partitions.map((one, at) => ({ ...one, offset: starts[at] ?? 0 })));
    const left = (): boolean => partitions.some((one, at) => (consumer.position(one) ?? 0) < (ends[at] ?? 0));
    while (!signal.aborted && (follow || left())) yield* await consumer.poll(pollLength, longestPoll);
  } finally {
    signal.removeEventListener('abort', wake);
    await consumer.close();
  }
}

const existing = async (log: Transport, topic: string) => {
  const admin = await log.admin();
  const found = (await admin.topics([topic])).get(topic);
  await admin.close();
  if (found === undefined) throw new ConfigError(`${log.name} has no topic "${topic}": kstreams topics lists them`);
  return partitionsOf(found);
};

interface DecodedRecord {
  readonly partition: number;
  readonly offset: number;
  /** In ISO 8601. */
  readonly timestamp: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The error of a key or value that cannot be decoded; its bytes stand in its place. */
  readonly error?: string;
}

const decode = async (record: Received, { key, value }: TopicSerdes): Promise<DecodedRecord> => {
  const { headers, offset, partition, timestamp, topic } = record;
  const errors: string[] = [];
  const decoded = async (bytes: Uint8Array | null, serde: AnySerde): Promise<unknown> => {
    if (bytes === null) return null;
    try {
      return toTypedJson(await retryPending(() => serde.decode(bytes, { topic, headers })));
    } catch (thrown) {
      errors.push(messageOf(thrown));
      return toTypedJson(bytes);
    }
  };
  const pair = { key: await decoded(record.key, key), value: await decoded(record.value, value) };
  return {
    partition,
    offset,
    timestamp: new Date(timestamp).toISOString(),
    ...pair,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map(([name, bytes]) => [name, bytes === null ? '' : fromUtf8(bytes)])),
    }),
    ...(errors.length > 0 && { error: errors.join('; ') }),
  };
};

/** Returns a record as one line, with control characters escaped, which could change the terminal. */
const lineOf = ({ error, key, offset, partition, timestamp, value }: DecodedRecord): string => {
  const cells = [`${partition}:${offset}`, timestamp, textOf(key), textOf(value)];
  return [...cells, ...(error === undefined ? [] : [`! ${textOf(error)}`])].join('  ');
};

const textOf = (value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value);
  return /[\p{Cc}]/u.test(value) ? JSON.stringify(value).replaceAll('\u007f', '\\u007f') : value;
};

const limitOf = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('It takes a whole number of at least 1.');
  return limit;
};
