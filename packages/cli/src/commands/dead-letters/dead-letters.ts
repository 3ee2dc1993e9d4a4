import { ConfigError, type Received } from '@kstreams/core/graph';
import { letterText, replayLetters } from '@kstreams/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import { readTopics } from '../../application-topics.js';
import { type Connection, connectionOptions, withLog } from '../../connection.js';
import { textOf } from '../../decoded-record.js';
import type { Ended } from '../../ended.js';
import type { Environment } from '../../environment.js';
import { examples } from '../../examples.js';
import { exitCodes } from '../../exit-codes.js';
import { type Application, loadApplication } from '../../load-application.js';
import { timeOf } from '../../offset-query.js';
import { counted } from '../../text-table.js';
import {
  decodeLetter,
  type Letter,
  type LetterFilter,
  type LetterPosition,
  letterTopics,
  readLetters,
} from './letters.js';

interface LettersOptions extends Connection, Omit<LetterFilter, 'positions'> {
  readonly topic: readonly string[];
  readonly json?: boolean;
}

interface ReplayOptions extends LettersOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

/** The most letters that are written at once. */
const batch = 1_000;

/** Adds `kstreams dead-letters`. */
export const addDeadLetters = (program: Command, { connect, print }: Environment, ended: Ended): void => {
  const group = program
    .command('dead-letters')
    .description('list, show and replay the dead letters of an application')
    .addHelpText(
      'after',
      examples(
        'kstreams dead-letters list shop.ts --brokers localhost:9092',
        'kstreams dead-letters show shop.ts 0:17 --brokers localhost:9092',
      ),
    );
  const command = (name: string, description: string): Command =>
    connectionOptions(group.command(name))
      .description(description)
      .argument('<file>', "module that exports the application: streams('…')")
      .option('--topic <topic>', 'a topic of dead letters, instead of the declared ones; may be repeated', collect, [])
      .option('--json', 'print JSON');
  const filtered = (one: Command): Command =>
    one
      .option('--reason <text>', 'only letters with the text in the name or the message of their error')
      .option('--since <time>', 'only records that are not older, as 2026-01-31T12:00Z', (text) => timeOf(text))
      .option('--until <time>', 'only records that are older', (text) => timeOf(text));

  filtered(command('list', 'print a line per dead letter')).action(async (file: string, options: LettersOptions) => {
    const application = await loadApplication(file);
    await withLog(await connect(options), async (log) => {
      for await (const letter of readLetters(log, letterTopics(application, options.topic), options)) {
        const decoded = await decodeLetter(letter, application.plan);
        print(options.json ? JSON.stringify(decoded) : lineOf(decoded));
      }
    });
  });

  command('show', 'print a dead letter with its error')
    .argument('<position>', 'partition:offset, or topic:partition:offset', positionOf)
    .action(async (file: string, position: LetterPosition, options: LettersOptions) => {
      const application = await loadApplication(file);
      await withLog(await connect(options), async (log) => {
        const topics = letterTopics(application, options.topic);
        let found = 0;
        for await (const letter of readLetters(log, topics, { positions: [position] })) {
          const decoded = { ...(await decodeLetter(letter, application.plan)), ...stackOf(letter) };
          if (options.json) print(JSON.stringify(decoded));
          else for (const line of linesOf(decoded)) print(line);
          found += 1;
        }
        if (found === 0)
          throw new ConfigError(`${topics.join(', ')} has no letter at ${position.partition}:${position.offset}`);
      });
    });

  filtered(command('replay', 'write the records of dead letters back to their topics'))
    .argument('[positions...]', 'partition:offset, or topic:partition:offset', positionsOf)
    .option('--all', 'all letters')
    .option('--yes', 'do it; without, print what would be done')
    .addHelpText('after', '\nLetters stay in their topic: a second replay writes their records once more.')
    .action(async (file: string, positions: readonly LetterPosition[] | undefined, options: ReplayOptions) => {
      const chosen = positions !== undefined && positions.length > 0 ? { positions } : {};
      const { all, json, reason, since, topic, until, yes = false } = options;
      if (!all && Object.keys(chosen).length === 0 && [reason, since, until].every((one) => one === undefined))
        throw new ConfigError('no letters are chosen: pass positions, --reason, --since, --until or --all');
      const application = await loadApplication(file);
      await withLog(await connect(options), async (log) => {
        const admin = await log.admin();
        const existing = [...(await admin.topics().finally(() => admin.close())).keys()];
        const sources = new Set(readTopics(application.plan, existing));
        const outcome = { replayed: 0, refused: 0 };
        const filter = { ...options, ...chosen };
        for await (const letters of batches(readLetters(log, letterTopics(application, topic), filter))) {
          const { refused, replayed } = await replayLetters(letters, { transport: log, sources, dryRun: !yes });
          outcome.replayed += replayed;
          outcome.refused += refused.length;
          if (!json) await printReplay(letters, refused, application);
        }
        if (json) print(JSON.stringify({ ...outcome, done: yes }));
        else print(yes ? `${counted(outcome.replayed, 'record')} written` : 'nothing is written without --yes');
        if (outcome.refused > 0) ended(exitCodes.failure);
      });
    });

  const printReplay = async (
    letters: readonly Received[],
    refused: Awaited<ReturnType<typeof replayLetters>>['refused'],
    { plan }: Application,
  ): Promise<void> => {
    for (const letter of letters) {
      const { offset, partition, topic } = letter;
      const reason = refused.find(
        (one) => one.letter.topic === topic && one.letter.partition === partition && one.letter.offset === offset,
      )?.reason;
      print(
        `${reason === undefined ? '+' : '!'} ${lineOf(await decodeLetter(letter, plan))}${reason === undefined ? '' : `  ${reason}`}`,
      );
    }
  };
};

const collect = (topic: string, topics: readonly string[]): readonly string[] => [...topics, topic];

async function* batches(letters: AsyncIterable<Received>): AsyncGenerator<readonly Received[]> {
  let next: Received[] = [];
  for await (const letter of letters) {
    next.push(letter);
    if (next.length < batch) continue;
    yield next;
    next = [];
  }
  if (next.length > 0) yield next;
}

const placeOf = ({ offset, partition, topic }: { topic: string; partition: number; offset: number }): string =>
  `${topic} ${partition}:${offset}`;

/** Returns a letter as one line: its position, the time and the position of its record, and its error. */
const lineOf = (letter: Letter): string => {
  const { exception = '', message = '', source, timestamp } = letter;
  const from = source === undefined ? 'no position' : placeOf(source);
  return `${placeOf(letter)}  ${timestamp}  from ${from}  ${textOf(`${exception}: ${message}`)}`;
};

/** Returns a letter as lines. */
const linesOf = (letter: Letter & { readonly stacktrace?: string }): readonly string[] => {
  const { error, headers = {}, key, omitted, stacktrace, value } = letter;
  return [
    lineOf(letter),
    ...(omitted
      ? ['record   left out, since it was too large']
      : [`key      ${textOf(key)}`, `value    ${textOf(value)}`]),
    ...Object.entries(headers).map(([name, text]) => `header   ${textOf(name)}: ${textOf(text)}`),
    ...(error === undefined ? [] : [`!        ${textOf(error)}`]),
    ...(stacktrace ?? '').split('\n').flatMap((line) => (line === '' ? [] : [textOf(line)])),
  ];
};

const stackOf = ({ headers }: Received): { readonly stacktrace?: string } => {
  const stacktrace = letterText(headers, 'stacktrace');
  return stacktrace === undefined ? {} : { stacktrace };
};

const positionOf = (text: string): LetterPosition => {
  const match = /^(?:([\w.-]+):)?(\d+):(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It takes partition:offset, or topic:partition:offset.');
  const [, topic, partition, offset] = match;
  return { ...(topic !== undefined && { topic }), partition: Number(partition), offset: Number(offset) };
};

const positionsOf = (text: string, before: readonly LetterPosition[] | undefined): readonly LetterPosition[] => [
  ...(before ?? []),
  positionOf(text),
];
