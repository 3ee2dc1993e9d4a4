/** Adds up tickets per theatre and day. A day begins at 18:00 in Paris, also when the clocks change. */
import { calendar, double, json, streams, string, topic, windowed } from 'kstreams';

interface Ticket {
  readonly theatre: string;
  readonly price: number;
}

const tickets = topic('tickets', { key: string, value: json<Ticket>() });
export const late = topic('late-tickets', { key: string, value: json<Ticket>() });
export const takings = topic('takings', { key: windowed(string), value: double });

export const app = streams('theatres');

app
  .stream(tickets)
  .groupBy((ticket) => ticket.theatre, { key: string })
  .window(
    calendar('day', {
      zone: 'Europe/Paris',
      start: { time: '18:00' },
      grace: '30m',
      emit: { on: 'close', idleAfter: '1h' }, // a day also closes after an hour without tickets
      late: { to: late }, // tickets after the grace period go to a topic
    }),
  )
  .aggregate(
    () => 0,
    (sum, ticket) => sum + ticket.price,
    { name: 'takings-per-day', value: double },
  )
  .toStream()
  .to(takings);

const at = (time: string): number => Date.parse(time);

export const sample = [
  [tickets, 't1', { theatre: 'odeon', price: 30 }, at('2019-03-30T19:00+01:00')],
  [tickets, 't2', { theatre: 'odeon', price: 25 }, at('2019-03-31T17:59+02:00')],
  [tickets, 't3', { theatre: 'odeon', price: 40 }, at('2019-03-31T18:00+02:00')], // the next day: the first one had 23 hours
  [tickets, 't4', { theatre: 'odeon', price: 20 }, at('2019-03-31T18:30+02:00')], // closes the first
  [tickets, 't5', { theatre: 'odeon', price: 99 }, at('2019-03-31T12:00+02:00')], // too late
] as const;
export const output = [takings, late];
