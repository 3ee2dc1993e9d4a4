import { type Backend, systemClock, type Topology, type Transport } from '@kstreams/core';
import { embedded } from '@kstreams/embedded';
import { type App, type RunOptions, run } from '@kstreams/runtime';

/** How an application is started; everything has a default. */
export interface StartOptions extends Partial<Omit<RunOptions, 'stateFolder'>> {
  /** Where the embedded log and the state are kept; `.kstreams/<application>` unless set. */
  readonly folder?: string;
  /** Is told where things are kept; nothing is printed unless set. */
  readonly log?: (message: string) => void;
}

/**
 * Starts a topology. Without a transport it runs on an embedded log in the application's folder, with its state in Level
 * beside it.
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
  const { folder = `.kstreams/${source.name}`, log, ...given } = options;
  const own = given.transport === undefined ? embedded({ folder: `${folder}/log` }) : undefined;
  const transport: Transport = given.transport ?? (own as Transport);
  const state: Backend = given.state ?? (await import('@kstreams/stores/level')).level();
  log?.(`${source.name}: ${transport.name}, state in ${folder}/state`);
  const app = await run(source, { clock: systemClock, ...given, transport, state, stateFolder: `${folder}/state` });
  if (own === undefined) return app;
  const closed = app.closed.finally(() => own.close());
  closed.catch(() => {});
  return Object.create(app, {
    closed: { value: closed },
    close: { value: () => app.close().finally(() => closed) },
  }) as App;
};
