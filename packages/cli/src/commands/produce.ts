import { ConfigError, fromTypedJson, headers, messageOf } from '@kstreams/core/graph';
import { type Entry, fromAsyncIterable } from '@kstreams/runtime';
import type { Command } from 'commander';
import { type Connection, connectionOptions, withLog } from '../connection.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { type SerdeOptions, serdeOptions, topicSerdes } from '../serdes.js';
import { counted } from '../text-table.js';

const help = `
Each line of the input is a JSON object, as \`kstreams tail --json\` prints it:
  {"key":"o-1","value":{"item":"tea"}}
\`value\` is required; null deletes the key of a table. \`key\`, \`headers\` and \`timestamp\` (ISO 8601)
may be absent. Other members are ignored.`;

/** Adds `kstreams produce`. */
export const addProduce = (program: Command, { connect, input, report }: Environment): void => {
  serdeOptions(connectionOptions(program.command('produce')))
    .description('write records to a topic, from lines of JSON on the standard input')
    .argument('<topic>')
    .addHelpText('after', help)
    .addHelpText(
      'after',
      examples('kstreams produce orders --brokers localhost:9092 --topology shop.ts < orders.jsonl'),
    )
    .action(async (name: string, options: Connection & SerdeOptions) => {
      const serdes = await topicSerdes(name, options);
      const written = await withLog(await connect(options), (transport) =>
        fromAsyncIterable(entriesOf(input), { name, ...serdes }, { transport, clientId: 'kstreams-produce' }),
      );
      report(`${counted(written, 'record')} written to ${name}`);
    });
};

async function* entriesOf(lines: AsyncIterable<string>): AsyncGenerator<Entry<unknown, unknown>> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') yield entryOf(line, number);
  }
}

/**
 * Returns the record of a line.
 *
 * @throws ConfigError for a line that is no such object.
 */
const entryOf = (line: string, number: number): Entry<unknown, unknown> => {
  const refuse = (reason: string): never => {
    throw new ConfigError(`line ${number} is no record: ${reason}; the records before it are written`);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (thrown) {
    return refuse(messageOf(thrown));
  }
  if (typeof parsed !== 'object' || parsed === null || !('value' in parsed)) {
    return refuse('it needs the form {"key":…,"value":…}');
  }
  const record = parsed as { key?: unknown; value: unknown; headers?: Record<string, string>; timestamp?: string };
  const timestamp = record.timestamp === undefined ? undefined : Date.parse(record.timestamp);
  if (Number.isNaN(timestamp)) return refuse(`"${record.timestamp}" is no time in ISO 8601`);
  return {
    key: fromTypedJson(record.key ?? null),
    value: fromTypedJson(record.value),
    ...(timestamp !== undefined && { timestamp }),
    ...(record.headers !== undefined && { headers: headers(record.headers) }),
  };
};
