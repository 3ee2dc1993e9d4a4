/** Tests a topology under simulated crashes, lost partitions and refused commits. */
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

/** The input of the simulated processes: every account gets 1, 2, 3 … 12. */
const input = ['ann', 'bob', 'eve'].flatMap((account) =>
  Array.from({ length: 12 }, (_, i): SimulatedInput => [movements, account, i + 1, i * 1_000]),
);

/** A custom check: every balance ends with 78, under every fault. */
const balancesAddUp = ({ read }: Outcome): void => {
  const last = new Map(read(balances).map(({ key, value }) => [key, value]));
  for (const [account, balance] of last) if (balance !== 78) throw new Error(`${account} ends with ${balance}`);
};

/** Simulates three processes once per seed; equal seeds give equal histories. */
export const proof = (seeds: number) =>
  simulate(app, { seeds, input, guarantee: 'exactly-once', check: balancesAddUp });

export const sample = [
  [movements, 'ann', 100, 0],
  [movements, 'ann', -30, 1],
] as const;
export const output = [balances] as const;
