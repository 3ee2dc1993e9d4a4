import { ConfigError, messageOf, TransportError } from '@kstreams/core/graph';
import type { AppState, TaskHealth } from '@kstreams/runtime';
import type { Command } from 'commander';
import type { Ended } from '../ended.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { counted, textTable } from '../text-table.js';

/** A process, as the inspector describes it. */
interface InspectedProcess {
  readonly instance: string;
  readonly endpoint?: string;
  readonly state: AppState;
  readonly live: boolean;
  readonly ready: boolean;
  readonly tasks: readonly TaskHealth[];
  /** The ids of tasks that are being restored. */
  readonly opening: readonly string[];
  readonly drops: readonly { readonly node: string; readonly reason: string; readonly count: number }[];
}

/** A process that gave no response, with the reason. */
interface MissingProcess {
  readonly instance: string;
  readonly endpoint?: string;
  readonly reason: string;
}

/** A running application. */
interface Inspected {
  readonly application: string;
  readonly processes: readonly InspectedProcess[];
  readonly missing: readonly MissingProcess[];
}

/** Adds `kstreams inspect`. */
export const addInspect = (program: Command, { print }: Environment, ended: Ended): void => {
  program
    .command('inspect')
    .description('print the processes, tasks and lags of a running application, from its inspector')
    .argument('<url>', 'address that the inspector prints, with its token: http://127.0.0.1:7071/#token=…')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nEnds with code 1 when a process is missing, not live or not ready.')
    .addHelpText('after', examples("kstreams inspect 'http://127.0.0.1:7071/#token=…'"))
    .action(async (url: string, { json }: { json?: boolean }) => {
      const inspected = await inspect(url);
      if (json) print(JSON.stringify(inspected));
      else for (const line of textOf(inspected)) print(line);
      const isWell = inspected.missing.length === 0 && inspected.processes.every(({ live, ready }) => live && ready);
      if (!isWell) ended(exitCodes.failure);
    });
};

const inspect = async (address: string): Promise<Inspected> => {
  if (!URL.canParse(address)) throw new ConfigError(`${address} is no address: pass the one that the inspector prints`);
  const page = new URL(address);
  const token = new URLSearchParams(page.hash.slice(1)).get('token');
  if (token === null)
    throw new ConfigError(`${address} has no token: pass the address that the inspector prints, in quotes`);
  const read = async (path: string): Promise<unknown> => {
    const url = new URL(`api/${path}`, page);
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } }).catch((thrown: Error) => {
      throw new TransportError(
        `no inspector responds at ${url.origin} (${messageOf(thrown.cause ?? thrown)}): start it first`,
      );
    });
    if (response.ok) return response.json();
    // A proxy in between may respond without a detail.
    const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
    throw new TransportError(
      `the inspector at ${url.origin} refuses ${url.pathname} with ${response.status}${detail === undefined ? '' : `: ${detail}`}`,
    );
  };
  const { name } = (await read('application')) as { name: string };
  const { missing, processes } = (await read('processes')) as Omit<Inspected, 'application'>;
  return { application: name, processes, missing };
};

const textOf = ({ application, missing, processes }: Inspected): readonly string[] => [
  `${application}: ${processes.length} ${processes.length === 1 ? 'process' : 'processes'}`,
  ...processes.flatMap(linesOf),
  ...missing.map(({ endpoint, instance, reason }) => `${endpoint ?? instance} is missing: ${reason}`),
];

const linesOf = ({ drops, endpoint, instance, opening, ready, state, tasks }: InspectedProcess): readonly string[] => [
  '',
  `${instance}${endpoint === undefined ? '' : ` at ${endpoint}`}: ${state}${ready ? '' : ', not ready'}`,
  ...textTable(
    ['task', 'lag', 'topics', 'stores'],
    [
      ...tasks.map(({ id, lags, stores, topics }) => [
        id,
        lags.reduce((sum, { lag }) => sum + lag, 0),
        topics.join(', '),
        stores.length === 0 ? undefined : stores.join(', '),
      ]),
      ...opening.map((id) => [id, undefined, 'is being restored', undefined]),
    ],
  ),
  ...drops.map(({ count, node, reason }) => `${counted(count, 'record')} dropped by ${node}: ${reason}`),
];
