import type { OffsetQuery } from '@kstreams/core/graph';
import { type Command, InvalidArgumentError } from 'commander';
import { type Connection, connectionOptions, withLog } from '../connection.js';
import { type DecodedRecord, decodeRecord, textOf } from '../decoded-record.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { offsetQueryOf } from '../offset-query.js';
import { readRecords } from '../read-records.js';
import { type SerdeOptions, serdeOptions, topicSerdes } from '../serdes.js';

interface TailOptions extends Connection, SerdeOptions {
  readonly from: OffsetQuery;
  readonly follow: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

/** Adds `kstreams tail`. */
export const addTail = (program: Command, { connect, onSignal, print }: Environment): void => {
  serdeOptions(connectionOptions(program.command('tail')))
    .description('print the records of a topic, and new ones until a signal')
    .argument('<topic>')
    .option('--from <start>', 'earliest, latest, or a time such as 2026-01-31T12:00Z', offsetQueryOf, 'latest')
    .option('--no-follow', 'stop at the current end')
    .option('--limit <n>', 'stop after n records', limitOf, Number.POSITIVE_INFINITY)
    .option('--json', 'print one JSON object per record')
    .addHelpText(
      'after',
      examples(
        'kstreams tail orders --brokers localhost:9092 --topology shop.ts',
        'kstreams tail orders --log .kstreams/shop/log --from earliest --no-follow --value json',
      ),
    )
    .action(async (topic: string, options: TailOptions) => {
      const { json, limit } = options;
      const serdes = await topicSerdes(topic, options);
      const stopped = new AbortController();
      const stopListening = onSignal(() => stopped.abort());
      try {
        await withLog(await connect(options), async (log) => {
          let left = limit;
          for await (const record of readRecords(log, topic, options, stopped.signal)) {
            const decoded = await decodeRecord(record, serdes);
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

/** Returns a record as one line. */
const lineOf = ({ error, key, offset, partition, timestamp, value }: DecodedRecord): string => {
  const cells = [`${partition}:${offset}`, timestamp, textOf(key), textOf(value)];
  return [...cells, ...(error === undefined ? [] : [`! ${textOf(error)}`])].join('  ');
};

const limitOf = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('It takes a whole number of at least 1.');
  return limit;
};
