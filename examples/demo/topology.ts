import { by, json, streams, string, topic, tumbling, windowed } from 'kstreams';

export type Flight = { date: string; delay: number; origin: string; destination: string };
export type Departure = Flight & { state: string };
export type Airport = { name: string; city: string; state: string };
export type Day = { flights: number; total: number; worst: number };

export const flights = topic('flights', { key: string, value: json<Flight>() });
export const airports = topic('airports', { key: string, value: json<Airport>() });
export const delays = topic('delays-by-state-and-day', { key: windowed(string), value: json<Day>() });

export const demo = streams('flights-demo');

export const days = demo
  .stream(flights) // Stream<string, Flight>
  .join(
    demo.globalTable(airports),
    by((flight) => flight.origin),
    (flight, airport): Departure => ({ ...flight, state: airport.state }),
    { value: json<Departure>() },
  )
  .groupBy((flight) => flight.state, { key: string }) // GroupedStream<string, Departure>
  .window(tumbling('1d', { grace: '365d', retention: '36500d' })) // flights of 2001
  .aggregate(
    (): Day => ({ flights: 0, total: 0, worst: Number.MIN_SAFE_INTEGER }),
    (day, { delay }) => ({ flights: day.flights + 1, total: day.total + delay, worst: Math.max(day.worst, delay) }),
    { name: 'days', value: json<Day>() },
  ); // Table<Windowed<string>, Day>

days.toStream().to(delays);
