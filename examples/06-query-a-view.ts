/** Keeps the balances of accounts, and answers questions about them while it runs. */
import { type App, double, streams, string, topic, type View } from 'kstreams';

const movements = topic('movements', { key: string, value: double });

export const app = streams('bank');

/** The rows of a table with a name are kept in a store and can be read. */
export const balances = app
  .stream(movements)
  .groupByKey()
  .reduce((balance, amount) => balance + amount, { name: 'balances' });

/** What a web service would answer; to follow the balances as they change, it would listen to `view.changes$`. */
export const answer = async (view: Pick<View<string, number>, 'get' | 'range'>, from: string, to: string) => {
  const some: Record<string, number> = {};
  for await (const [account, { value }] of view.range(from, to)) some[account] = value;
  return { first: view.get(from), some };
};

/** Asks a running application. */
export const ask = (running: App) => answer(running.view(balances), 'ann', 'bob');

export const sample = [
  [movements, 'ann', 100, 0],
  [movements, 'bob', 50, 1],
  [movements, 'ann', -30, 2],
  [movements, 'anton', 7, 3],
] as const;
export const output = [];
