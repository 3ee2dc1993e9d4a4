/** The promises of a backend under each guarantee: the cells of the table in docs/stores.md. */
import { expect } from '@jest/globals';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { type Fault, injectFault } from '@kstreams/test-support/fault-injection';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { type App, embedded, type Guarantee, start, type Transport } from 'kstreams';
import type { Backend } from 'kstreams/authors';
import type { Place } from './backends.js';

/** One run of a law. */
export interface LawRun {
  readonly place: Place;
  readonly guarantee: Guarantee;
  readonly folder: string;
}

/** A step of a commit at which a process dies. */
export type Death = Pick<Fault, 'step' | 'when'>;

/** A collecting application on a log, which is started several times. */
class Runs {
  readonly collecting: CollectingApp;
  readonly #log = embedded();
  readonly #run: LawRun;
  #sent = 0;

  constructor(run: LawRun) {
    this.#run = run;
    this.collecting = new CollectingApp(this.#log, 'collecting');
  }

  start(transport: Transport = this.#log, state: Backend = this.#run.place.state): Promise<App> {
    const { folder, guarantee } = this.#run;
    const options = { guarantee, folder, commitInterval: 0, transactionTimeout: 300, logger: quiet } as const;
    return start(this.collecting.app, { ...options, transport, state });
  }

  async send(count: number): Promise<void> {
    await this.collecting.send(this.#sent, this.#sent + count);
    this.#sent += count;
  }

  /** Starts a process that dies in its third commit at a step, while records arrive. */
  async die(death: Death): Promise<void> {
    const error = new Error('killed');
    const { closeKilled, state, transport } = injectFault(this.#log, this.#run.place.state, {
      ...death,
      call: 3,
      error,
      kills: true,
    });
    const app = await this.start(transport, state);
    app.closed.catch(() => {});
    while (app.state !== 'failed') {
      await this.send(3);
      await this.collecting.read(app, this.#sent);
    }
    await expect(app.closed).rejects.toBe(error);
    await closeKilled();
  }

  /** Expects each number exactly once with exactly-once, and else at least once, with each row and its output equal. */
  async expectAll(app: App): Promise<void> {
    await this.send(3);
    await this.collecting.read(app, this.#sent);
    if (this.#run.guarantee === 'exactly-once') return this.collecting.expectExactly(this.#sent, app);
    const expected = Array.from({ length: this.#sent }, (_, i) => i);
    for (;;) {
      const rows = await this.collecting.rows([app], this.#sent);
      const seen = new Set([...rows.values()].flat());
      if (seen.size < this.#sent && app.state === 'running') {
        // Rows in memory are read without a turn of the event loop, which the application needs to go on.
        await new Promise((go) => setImmediate(go));
        continue;
      }
      expect([...seen].sort((a, b) => a - b)).toEqual(expected);
      for (const [key, all] of rows) expect(all.every((number) => number % 3 === key)).toBe(true);
      return;
    }
  }

  async close(app: App): Promise<void> {
    await app.close();
    await this.#log.close();
  }
}

/** A process dies at a step of a commit; the next one goes on with the state that it left. */
export const survivesADeath = async (run: LawRun, death: Death): Promise<void> => {
  const runs = new Runs(run);
  await runs.collecting.prepare();
  await runs.send(9);
  await runs.die(death);
  const app = await runs.start();
  await runs.expectAll(app);
  await runs.close(app);
};

/** A process dies and its rows are lost; the next one restores them. */
export const survivesALoss = async (run: LawRun): Promise<void> => {
  const runs = new Runs(run);
  await runs.collecting.prepare();
  await runs.send(9);
  await runs.die({ step: 'stores', when: 'after' });
  await run.place.lose();
  const app = await runs.start();
  await runs.expectAll(app);
  await runs.close(app);
};

/** A process dies and its last commits are lost, as after a failover; the next one restores them. */
export const survivesALateLoss = async (run: LawRun): Promise<void> => {
  const runs = new Runs(run);
  await runs.collecting.prepare();
  await runs.send(9);
  const first = await runs.start();
  await runs.expectAll(first);
  await first.close();
  const setBack = (await run.place.copy?.()) ?? run.place.lose;
  await runs.die({ step: 'stores', when: 'after' });
  await setBack();
  const app = await runs.start();
  await runs.expectAll(app);
  await runs.close(app);
};
