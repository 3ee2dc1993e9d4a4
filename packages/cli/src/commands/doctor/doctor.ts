import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Connection, connectionOptions } from '../../connection.js';
import { textOf } from '../../decoded-record.js';
import type { Ended } from '../../ended.js';
import type { Environment } from '../../environment.js';
import { examples } from '../../examples.js';
import { exitCodes } from '../../exit-codes.js';
import { type Application, loadApplication } from '../../load-application.js';
import { stateFolderOf } from '../reset/plan-reset.js';
import { checkLog, withLogRepair } from './check-log.js';
import { checkFolder, checkNode } from './check-machine.js';
import { checkState } from './check-state.js';
import type { Finding } from './finding.js';

const help = `
Without --brokers and --log, the embedded log of the folder is checked, if there is one. The rights to write
are not checked, since nothing is written: kstreams acls prints what an application needs.
Ends with code 1 when a problem is left.`;

interface DoctorOptions extends Connection {
  readonly folder?: string;
  readonly repair?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `kstreams doctor`. */
export const addDoctor = (program: Command, environment: Environment, ended: Ended): void => {
  const { print } = environment;
  connectionOptions(program.command('doctor'))
    .description('check Node, the client, the log, folders, disk and state of an application')
    .argument('[file]', "module that exports the application: streams('…')")
    .option('--folder <folder>', 'folder of the application (default: .kstreams/<application>)')
    .option('--repair', 'print the repairs of damaged state and of a damaged log, and what each loses')
    .option('--yes', 'with --repair, do them')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .addHelpText(
      'after',
      examples('kstreams doctor shop.ts --brokers localhost:9092', 'kstreams doctor shop.ts --repair'),
    )
    .action(async (file: string | undefined, { json, repair = false, yes = false, ...options }: DoctorOptions) => {
      const application = file === undefined ? undefined : await loadApplication(file);
      const findings = await examine(environment, application, options);
      const results: { readonly finding: Finding; readonly repaired?: string }[] = [];
      for (const finding of findings) {
        const repaired = repair && yes ? await finding.repair?.run() : undefined;
        results.push({ finding, ...(repaired !== undefined && { repaired }) });
      }
      if (json)
        print(
          JSON.stringify(
            results.map(({ finding, repaired }) => ({ ...dataOf(finding), ...(repaired && { repaired }) })),
          ),
        );
      else for (const line of results.flatMap((one) => linesOf(one.finding, one.repaired, repair))) print(line);
      const left = results.some(({ finding, repaired }) => finding.level === 'problem' && repaired === undefined);
      if (left) ended(exitCodes.failure);
    });
};

const examine = async (
  { clock, connect }: Environment,
  application: Application | undefined,
  { brokers, config, folder, log }: DoctorOptions,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = [checkNode(process.versions.node)];
  const state = application === undefined ? undefined : stateFolderOf(application, folder);
  const applicationFolder = state === undefined ? folder : join(state, '..');
  if (applicationFolder !== undefined) {
    const place = await checkFolder(applicationFolder);
    findings.push(...place);
    if (place.every(({ check, level }) => check !== 'folder' || level === 'ok'))
      findings.push(...(await checkState(join(applicationFolder, 'state'))));
  }
  const ownLog =
    applicationFolder === undefined || !existsSync(join(applicationFolder, 'log'))
      ? undefined
      : join(applicationFolder, 'log');
  const embedded = brokers === undefined ? (log ?? ownLog) : undefined;
  const where = brokers ?? embedded;
  if (where === undefined) return findings;
  const connection: Connection = {
    ...(brokers !== undefined && { brokers }),
    ...(config !== undefined && { config }),
    ...(embedded !== undefined && { log: embedded }),
  };
  const found = await checkLog(() => connect(connection), where, application, clock);
  return [...findings, ...(embedded === undefined ? found : await withLogRepair(embedded, found))];
};

const dataOf = ({ repair, ...finding }: Finding) => ({
  ...finding,
  ...(repair && { repair: repair.change, loses: repair.loses }),
});

const linesOf = (finding: Finding, repaired: string | undefined, repairs: boolean): readonly string[] => {
  const { check, level, remedy, repair, what, where } = finding;
  const lines = [`${level.padEnd(7)}  ${check.padEnd(6)}  ${where === undefined ? '' : `${where}: `}${textOf(what)}`];
  const more = (text: string): number => lines.push(`${' '.repeat(17)}${text}`);
  if (repaired !== undefined) more(`repaired: ${repaired}`);
  else if (remedy !== undefined) more(remedy);
  if (repair === undefined || !repairs) return lines;
  if (repaired === undefined) more(`the repair ${repair.change}`);
  more(`${repaired === undefined ? 'the repair loses' : 'lost'}: ${repair.loses}`);
  if (repaired === undefined) more('--yes does it');
  return lines;
};
