import type { OffsetQuery } from '@kstreams/core/graph';
import type { Command } from 'commander';
import { type Connection, connectionOptions, withLog } from '../../connection.js';
import type { Ended } from '../../ended.js';
import type { Environment } from '../../environment.js';
import { examples } from '../../examples.js';
import { exitCodes } from '../../exit-codes.js';
import { loadApplication } from '../../load-application.js';
import { offsetQueryOf } from '../../offset-query.js';
import { counted } from '../../text-table.js';
import { planReset, type ResetPlan } from './plan-reset.js';
import { resetSteps } from './reset-steps.js';

const help = `
Output topics keep what was written. State is that of the folder, and that of the backend in the export
"options" of the module. A reset that was interrupted is run again before the application starts.
Ends with code 1 while a process of the application lives.`;

interface ResetOptions extends Connection {
  readonly to: OffsetQuery;
  readonly folder?: string;
  readonly unused?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `kstreams reset`. */
export const addReset = (program: Command, { connect, print }: Environment, ended: Ended): void => {
  connectionOptions(program.command('reset'))
    .description('delete the offsets, internal topics and state of an application, so that it starts over')
    .argument('<file>', "module that exports the application: streams('…')")
    .option(
      '--to <start>',
      'read from earliest, latest, or a time such as 2026-01-31T12:00Z',
      offsetQueryOf,
      'earliest',
    )
    .option('--folder <folder>', 'folder of the application (default: .kstreams/<application>)')
    .option('--unused', 'delete internal topics that no step uses, too; they may belong to a longer application name')
    .option('--yes', 'do it; without, print what would be done')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .addHelpText(
      'after',
      examples(
        'kstreams reset shop.ts --brokers localhost:9092',
        'kstreams reset shop.ts --brokers localhost:9092 --yes',
      ),
    )
    .action(async (file: string, { folder, json, to, unused = false, yes = false, ...connection }: ResetOptions) => {
      const application = await loadApplication(file);
      const say = (line: string): void => {
        if (!json) print(line);
      };
      await withLog(await connect(connection), async (log) => {
        const plan = await planReset(log, application, { folder, to, unused });
        say(`${plan.application} on ${plan.log}`);
        if (plan.problem !== undefined) ended(exitCodes.failure);
        const done = yes && plan.problem === undefined;
        for (const { lines, run } of resetSteps(log, application, plan)) {
          if (done) await run();
          for (const line of lines) say(line);
        }
        for (const line of remarks(plan, done)) say(line);
        if (json) print(JSON.stringify({ ...plan, done }));
      });
    });
};

const remarks = ({ problem, unused }: ResetPlan, done: boolean): readonly string[] => [
  ...unused.map(({ name, records }) => `  ${name}: ${counted(records, 'record')}, stays; --unused deletes it`),
  ...(problem === undefined ? [] : [`! ${problem}`]),
  ...(done ? [] : [problem === undefined ? 'nothing is changed without --yes' : 'nothing was changed']),
];
