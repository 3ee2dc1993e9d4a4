import { type Backend, systemClock, type Topology } from '@kstreams/core';
import { checkOptions, checkValue, type OptionCheck, type OptionChecks, option } from '@kstreams/core/graph';
import { type App, type RunOptions, run, runChecks } from '@kstreams/runtime';
import { embedded } from './embedded.js';

/** Options of `start`. All have defaults. */
export interface StartOptions extends Partial<Omit<RunOptions, 'stateFolder' | 'closesTransport'>> {
  /** Folder of the embedded log and the state; `.kstreams/<application>` by default. */
  readonly folder?: string;
}

const { closesTransport, stateFolder, ...shared } = runChecks;

const checks: OptionChecks<StartOptions> = {
  ...shared,
  transport: option.transport,
  state: option.backend,
  clock: option.clock,
  folder: option.text,
};

const topology: OptionCheck = {
  takes: "an application, such as streams('shop'), or a topology",
  accepts: (value) => typeof (value as Topology | undefined)?.name === 'string',
};

/** Names a function of `kstreams run`. It receives each application that starts, and returns one to call when it runs. */
const onStart = Symbol.for('kstreams.onStart');

interface Supervised {
  readonly [onStart]?: (application: string) => () => void;
}

/**
 * Starts a topology and resolves when its application has started. Without a transport it runs on an embedded log in
 * `folder`, with its state in Level beside it. The location is logged, or printed without a logger.
 *
 * @example
 * const app = await start(shop)
 * const total = app.view(revenue).get('ann')
 * await app.close()
 */
export const start = async (
  source: Topology | { readonly name: string; build(): Topology },
  options: StartOptions = {},
): Promise<App> => {
  checkValue('"source" of start', source, topology);
  checkOptions('start', options, checks);
  const onRunning = (globalThis as Supervised)[onStart]?.(source.name);
  const { folder = `.kstreams/${source.name}`, ...given } = options;
  const transport = given.transport ?? embedded({ folder: `${folder}/log` });
  const state: Backend = given.state ?? (await import('#level')).level();
  const stateFolder = `${folder}/state`;
  const where = `${source.name} runs on ${transport.name}, its state is in ${stateFolder}`;
  if (given.logger !== undefined) given.logger.info({ application: source.name, folder }, where);
  else if (given.transport === undefined) console.info(where);
  const closesTransport = given.transport === undefined;
  const app = await run(source, { clock: systemClock, ...given, transport, closesTransport, state, stateFolder });
  onRunning?.();
  return app;
};
