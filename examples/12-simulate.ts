/** Puts a topology through crashes, lost partitions and refused commits, before it meets any of them. */
import { type Outcome, type SimulatedInput, simulate } from '@kstreams/simulation';
import { double, streams, string, topic } from 'kstreams';

const movements = topic('movements', { key: string, value: double });
const balances = topic('account-balances', { key: string, value: double });

export const app = streams('ledger');
app
  .stream(movements)
  .groupByKey()
  .reduce((balance, amount) => balance + amount, { name: 'ledger' })
  .toStream()
  .to(balances);

/** What the simulated processes are given: every account gets 1, 2, 3 … 12. */
const input = ['ann', 'bob', 'eve'].flatMap((account) =>
  Array.from({ length: 12 }, (_, i): SimulatedInput => [movements, account, i + 1, i * 1_000]),
);

/** A law of one's own: whatever went wrong, every balance ends where it must. */
const balancesAddUp = ({ read }: Outcome): void => {
  const last = new Map(read(balances).map(({ key, value }) => [key, value]));
  for (const [account, balance] of last) if (balance !== 78) throw new Error(`${account} ends with ${balance}`);
};

/** Each seed is another history of three processes; the same seed is the same history. */
export const proof = (seeds: number) =>
  simulate(app, { seeds, input, guarantee: 'exactly-once', check: balancesAddUp });

export const sample = [
  [movements, 'ann', 100, 0],
  [movements, 'ann', -30, 1],
] as const;
export const output = [balances] as const;
