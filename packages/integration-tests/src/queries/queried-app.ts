/** Applications in several processes on one log, each with a server of queries. */

import { expect } from '@jest/globals';
import { type Authorize, anyone, type QueryServerOptions, queryServer } from '@kstreams/query';
import { freePort } from '@kstreams/test-support/free-port';
import { quiet as logger } from '@kstreams/test-support/quiet-logger';
import {
  type App,
  type EmbeddedTransport,
  embedded,
  fromAsyncIterable,
  int32,
  json,
  memory,
  type StartOptions,
  session,
  start,
  streams,
  string,
  topic,
  tumbling,
  tuple,
} from 'kstreams';
import { filter, firstValueFrom } from 'rxjs';

const movements = topic('movements', { key: string, value: json<number>() });

/** Builds an application with tables of several kinds of keys. */
const bank = () => {
  const app = streams('bank');
  const grouped = app.stream(movements).groupByKey();
  const balances = grouped.reduce((sum, amount) => sum + amount, { name: 'balances' });
  const perMinute = grouped.window(tumbling('1m')).count({ name: 'per-minute' });
  const visits = grouped.window(session('10s')).count({ name: 'visits' });
  const pairs = app
    .stream(movements)
    .groupBy((amount, key): [string, number] => [key, amount % 3], { key: tuple(string, int32) })
    .count({ name: 'pairs' });
  return { app, balances, perMinute, visits, pairs };
};

/** Returns an option `authorize` that lets reads of keys wait until `allow` is called; `begun` resolves with the first one. */
export const waitingReads = () => {
  let allow = (): void => {};
  const allowed = new Promise<void>((resolve) => {
    allow = resolve;
  });
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const authorize: Authorize = async ({ operation }) => {
    if (operation === 'get') {
      begin();
      await allowed;
    }
    return true;
  };
  return { allow, authorize, begun };
};

/** A process of the application. */
export interface Queried extends ReturnType<typeof bank> {
  readonly running: App;
  /** The address of its queries. */
  readonly url: string;
}

/** The log of the applications and its processes. */
export class QueriedApps {
  readonly log: EmbeddedTransport;
  readonly partitions: number;
  readonly processes: Queried[] = [];
  /** The errors of queries that failed by no fault of their request. */
  readonly errors: unknown[] = [];
  /** The time between the timestamps of two movements, in ms. */
  step = 1_000;
  #sent = 0;
  #time = 0;

  private constructor(log: EmbeddedTransport, partitions: number) {
    this.log = log;
    this.partitions = partitions;
  }

  /** Creates a log with the topics of the application. */
  static async open(partitions = 3): Promise<QueriedApps> {
    const log = embedded();
    const admin = await log.admin();
    await admin.create([{ name: movements.name, partitions, config: {} }]);
    return new QueriedApps(log, partitions);
  }

  /** Starts a process. */
  async begin(options: StartOptions = {}, server: Partial<QueryServerOptions> = {}): Promise<Queried> {
    const port = await freePort();
    const built = bank();
    const url = `http://127.0.0.1:${port}`;
    const running = await start(built.app, {
      transport: this.log,
      state: memory(),
      logger,
      commitInterval: 10,
      endpoint: url,
      extensions: [queryServer({ authorize: anyone, port, onError: (error) => this.errors.push(error), ...server })],
      ...options,
    });
    const queried = { ...built, running, url };
    this.processes.push(queried);
    return queried;
  }

  /** Resolves when every partition of the stores is open in one of the processes. */
  async placed(...processes: readonly Queried[]): Promise<void> {
    await Promise.all(
      processes.map(({ running }) =>
        firstValueFrom(
          running.metadata.instances$.pipe(
            filter(
              (instances) =>
                instances.length === processes.length &&
                instances.flatMap(({ tasks }) => tasks).length === 2 * this.partitions,
            ),
          ),
        ),
      ),
    );
  }

  /** Writes amounts under keys, `step` apart, and resolves when they are processed and committed. */
  async send(...amounts: readonly (readonly [key: string, amount: number])[]): Promise<void> {
    const { step } = this;
    const from = this.#time;
    this.#time += step * amounts.length;
    this.#sent += amounts.length;
    async function* entries() {
      for (const [at, [key, value]] of amounts.entries()) yield { key, value, timestamp: from + step * at };
    }
    await fromAsyncIterable(entries(), movements, { transport: this.log });
    await this.counted(this.#sent);
  }

  /** Resolves when the committed rows of the processes count all movements. */
  async counted(movementsSent: number): Promise<void> {
    for (;;) {
      let counted = 0;
      for (const { pairs, running } of this.processes) {
        for await (const [, { value }] of running.view(pairs, { isolation: 'committed' }).all()) counted += value;
      }
      if (counted >= movementsSent) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Resolves to a key that a process holds, with the name of its store. */
  async heldBy({ running }: Queried): Promise<{ readonly store: string; readonly key: unknown }> {
    for (const store of ['balances', 'pairs']) {
      for await (const [key] of running.view(store).all()) return { store, key };
    }
    throw new Error('the process holds no row');
  }

  /** Closes the processes and the log. */
  async close(): Promise<void> {
    for (const { running } of this.processes.splice(0)) await running.close();
    await this.log.close();
    expect(this.errors).toEqual([]);
  }
}
