/** Runs of the collecting application in which a step of a commit fails, on any log. */
import { expect } from '@jest/globals';
import { level } from '@kstreams/level';
import type { CollectingApp } from '@kstreams/test-support/collecting-app';
import { type Fault, injectFault } from '@kstreams/test-support/fault-injection';
import {
  type AppEvent,
  type Backend,
  FencedError,
  type StartOptions,
  start,
  type Transport,
  TransportError,
} from 'kstreams';

/** The application to run, with its surroundings. */
export interface FailingRun {
  readonly log: Transport;
  readonly collecting: CollectingApp;
  readonly options: Omit<StartOptions, 'transport' | 'state'>;
  /** The state of the process. Default LevelDB. */
  readonly state?: Backend;
  /** Number of records that are sent at a time. */
  readonly batch: number;
}

/** The failing call of a step. */
export type FailingCall = Omit<Fault, 'error' | 'kills'>;

/** Returns the calls that fail before and after the work of each step. */
export const callsOf = <S extends Fault['step']>(...steps: readonly S[]) =>
  steps.flatMap((step) => (['before', 'after'] as const).map((when) => ({ step, when })));

/** The errors after which a transaction is rolled back. */
export const refusals = {
  'refused for now': new TransportError('no response', {}, undefined, true),
  fenced: new FencedError('another took over'),
} as const;

/** Runs until the process dies in a commit, then again. `between` runs in between. Expects each record exactly once. */
export const expectRestart = async (run: FailingRun, call: FailingCall, between = async () => {}): Promise<void> => {
  const { batch, collecting, log, options, state = level() } = run;
  const error = new Error('injected');
  await collecting.send(0, 30);
  const { closeKilled, ...broken } = injectFault(log, state, { ...call, error, kills: true });
  const first = await start(collecting.app, { ...options, ...broken });
  first.closed.catch(() => {});
  let sent = 30;
  for (; first.state !== 'failed'; sent += batch) {
    await collecting.read(first, sent);
    await collecting.send(sent, sent + batch);
  }
  await expect(first.closed).rejects.toBe(error);
  await between();
  const again = await start(collecting.app, { ...options, transport: log, state });
  await collecting.expectExactly(sent, again);
  await again.close();
  await closeKilled();
  await log.close();
};

/** Runs through a commit that the log refuses. Expects one rollback, and each record exactly once. */
export const expectRollback = async (run: FailingRun, call: FailingCall, error: Error): Promise<void> => {
  const { batch, collecting, log, options, state = level() } = run;
  const { closeKilled, ...broken } = injectFault(log, state, { ...call, error });
  const app = await start(collecting.app, { ...options, ...broken });
  const kinds: AppEvent['kind'][] = [];
  app.events$.subscribe(({ kind }) => kinds.push(kind));
  const end = 5 * batch;
  for (let sent = 0; sent < end; sent += batch) {
    await collecting.send(sent, sent + batch);
    await collecting.read(app, sent + batch);
  }
  await collecting.expectExactly(end, app);
  expect(kinds.filter((kind) => kind === 'rolled-back' || kind === 'fenced')).toHaveLength(1);
  await app.close();
  await closeKilled();
  await log.close();
};
