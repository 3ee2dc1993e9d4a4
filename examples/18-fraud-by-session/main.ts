/**
 * Reports cards that pay in several countries within one session: payments at most ten minutes apart. A session is judged
 * once, when it is closed.
 */
import { combine, count, distinct, sum } from '@kstreams/aggregates';
import { json, session, streams, string, topic, windowed } from 'kstreams';

interface Payment {
  readonly card: string;
  readonly country: string;
  readonly cents: number;
}
interface Suspicion {
  readonly payments: number;
  readonly countries: readonly string[];
  readonly cents: number;
}

const payments = topic('payments', { key: string, value: json<Payment>() });
export const suspicions = topic('suspicions', { key: windowed(string), value: json<Suspicion>() });

export const app = streams('fraud');

app
  .stream(payments)
  .groupBy((payment) => payment.card, { key: string })
  .window(session('10m', { grace: '1m', emit: 'on-close' }))
  .aggregate(
    combine({
      payments: count(),
      countries: distinct((payment) => payment.country),
      cents: sum((payment) => payment.cents),
    }),
    { name: 'card-sessions' },
  )
  .toStream()
  .filter(({ countries, payments }) => countries.length > 1 && payments > 2)
  .to(suspicions);

const minute = 60_000;
export const sample = [
  [payments, 'p1', { card: 'c1', country: 'DE', cents: 900 }, 0],
  [payments, 'p2', { card: 'c2', country: 'FR', cents: 500 }, minute],
  [payments, 'p3', { card: 'c1', country: 'BR', cents: 70_000 }, 10.5 * minute], // a separate session, so far
  [payments, 'p4', { card: 'c1', country: 'DE', cents: 100 }, 6 * minute], // late: it connects both sessions
  [payments, 'p5', { card: 'c2', country: 'ES', cents: 500 }, 13 * minute], // another session
  [payments, 'p6', { card: 'c3', country: 'FR', cents: 1 }, 40 * minute], // closes the sessions before
] as const;
export const output = [suspicions];
