/** Keeps the balances of accounts, and reads them while the application runs. */
import { type App, double, streams, string, topic, type View } from 'kstreams';

const movements = topic('movements', { key: string, value: double });

export const app = streams('bank');

/** A named table keeps its rows in a store, which views read. */
export const balances = app
  .stream(movements)
  .groupByKey()
  .reduce((balance, amount) => balance + amount, { name: 'balances' });

/** Reads a balance and a range of balances, as a web service would. `view.changes$` emits every change. */
export const readBalances = async (view: Pick<View<string, number>, 'get' | 'range'>, from: string, to: string) => {
  const some: Record<string, number> = {};
  for await (const [account, { value }] of view.range(from, to)) some[account] = value;
  return { first: view.get(from), some };
};

/** Queries a running application. */
export const query = (running: App) => readBalances(running.view(balances), 'ann', 'bob');

export const sample = [
  [movements, 'ann', 100, 0],
  [movements, 'bob', 50, 1],
  [movements, 'ann', -30, 2],
  [movements, 'anton', 7, 3],
] as const;
export const output = [];
