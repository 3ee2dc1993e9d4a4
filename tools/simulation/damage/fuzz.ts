/**
 * The fuzz of the embedded log and of local state: an application runs in sessions, its folder is damaged, and it runs
 * again. The damage is noticed, or nothing is lost; results are never wrong.
 */
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamsError } from '@kstreams/core';
import { Random } from '@kstreams/simulation';
import { groupOf, idsIn, openLog, type Running, type RunSettings, run, settled, write } from './application.js';
import { type Damage, damage } from './damages.js';

/** The result of a seed. */
export interface DamageReport {
  readonly what: string;
  /** The error that named the damage; undefined when the results are right. */
  readonly noticed: string | undefined;
}

/** Time that an application has to process its input, in ms. */
const patience = 20_000;

/** Damages the folder of an application as the seed says, and runs it again. Throws for wrong results and unnamed errors. */
export const runDamaged = async (seed: number, around?: RunSettings['around']): Promise<DamageReport> => {
  const root = await mkdtemp(join(tmpdir(), 'kstreams-damage-'));
  try {
    return await new Fuzz(new Random(seed), root, around).run();
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

class Fuzz {
  readonly #random: Random;
  readonly #root: string;
  readonly #settings: RunSettings;
  #next = 0;

  constructor(random: Random, root: string, around: RunSettings['around']) {
    this.#random = random;
    this.#root = root;
    this.#settings = { guarantee: random.pick(['at-least-once', 'exactly-once']), around };
  }

  async run(): Promise<DamageReport> {
    const random = this.#random;
    const at = (name: string): string => join(this.#root, name);
    const [live, folder, earlier, other] = [at('live'), at('app'), at('earlier'), at('other')];
    const foreign = await this.#session(other);
    const first = await this.#session(live);
    cpSync(live, earlier, { recursive: true });
    const crashed = random.chance(0.3);
    const second = await this.#session(live, crashed ? folder : undefined);
    if (!crashed) cpSync(live, folder, { recursive: true });
    const done = await damage(random, { folder, earlier, other, crashed });
    const kept: Readonly<Record<Damage['log'], readonly number[]>> = {
      whole: [...first, ...second],
      damaged: [...first, ...second],
      earlier: first,
      other: foreign,
      none: [],
    };
    const what = `${done.what} (${this.#settings.guarantee}${crashed ? ', after a crash' : ''})`;
    const noticed = await this.#judge(folder, kept[done.log], crashed).catch((thrown: unknown) => {
      throw new Error(`${what}: ${thrown instanceof Error ? thrown.message : thrown}`, { cause: thrown });
    });
    return { what, noticed };
  }

  /** Runs the application on new ids, and closes it; or copies its folder while it runs, as a crash leaves it. */
  async #session(folder: string, crash?: string): Promise<readonly number[]> {
    const log = openLog(folder);
    const ids = this.#ids();
    const half = this.#random.below(ids.length);
    await write(log, ids.slice(0, half));
    const running = await run(folder, log, this.#settings);
    await write(log, ids.slice(half));
    if (crash === undefined || this.#random.chance(0.5)) await this.#finish(running);
    // Nothing else runs meanwhile, so the copy is as of one moment.
    if (crash !== undefined) cpSync(folder, crash, { recursive: true });
    await close(running);
    return ids;
  }

  /** Runs the application on what is left. Returns the error that names the damage; undefined when its results are right. */
  async #judge(folder: string, kept: readonly number[], crashed: boolean): Promise<string | undefined> {
    const log = openLog(folder);
    const ids = this.#ids();
    let running: Running | undefined;
    try {
      await write(log, ids);
      const left = [...(await idsIn(log))].sort(byNumber);
      const expected = [...kept, ...ids].sort(byNumber);
      if (left.join() !== expected.join()) throw new Error(`the input holds ${left} instead of ${expected}`);
      running = await run(folder, log, this.#settings);
      await this.#finish(running, crashed);
      return undefined;
    } catch (thrown) {
      return noticed(thrown);
    } finally {
      await (running === undefined ? log.close().catch(noticed) : close(running).catch(noticed));
    }
  }

  /** Waits until each group has all ids of the input, once. After a crash, at-least-once may count them again. */
  async #finish(running: Running, crashed = false): Promise<void> {
    const all = new Map<string, number[]>();
    for (const id of await idsIn(running.log))
      all.set(groupOf(id), [...(all.get(groupOf(id)) ?? []), id].sort(byNumber));
    const expected = JSON.stringify([...all].sort());
    const repeats = crashed && this.#settings.guarantee === 'at-least-once';
    let found = '';
    const fit = (results: ReadonlyMap<string, readonly number[]>): boolean => {
      const groups = [...results].map(([group, ids]) => [
        group,
        (repeats ? [...new Set(ids)] : [...ids]).sort(byNumber),
      ]);
      found = JSON.stringify(groups.sort());
      return found === expected;
    };
    if (!(await settled(running, fit, patience))) throw new Error(`the results are ${found} instead of ${expected}`);
  }

  /** Returns new ids. */
  #ids(): readonly number[] {
    return Array.from({ length: this.#random.between(10, 200) }, () => this.#next++);
  }
}

const byNumber = (one: number, other: number): number => one - other;

const close = async ({ app, log }: Running): Promise<void> => {
  await app.close().catch(noticed);
  await log.close();
};

/** Returns the message of an error that names the damage; throws any other. */
const noticed = (thrown: unknown): string => {
  if (thrown instanceof StreamsError && /damaged|restore a backup/.test(thrown.message)) return thrown.message;
  throw thrown;
};
