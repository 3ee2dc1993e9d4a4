/** The demo's input: real US flights of 2001 and their airports, from the package `vega-datasets`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Topic, Transport } from 'kstreams';
import { type Airport, airports, delays, demo, type Flight, flights } from './topology.js';

const require = createRequire(import.meta.url);
/** The package exports only its entry, so its folder is derived from the entry's path. */
const packageFolder = require.resolve('vega-datasets').replace(/(.*vega-datasets).*/, '$1');
const data = (name: string): string => readFileSync(`${packageFolder}/data/${name}`, 'utf8');

/** Returns all flights, in the order of the file. */
export const readFlights = (): Flight[] => JSON.parse(data('flights-20k.json')) as Flight[];

/** Returns all airports by IATA code. Columns: iata, name, city, state, country, latitude, longitude. */
export const readAirports = (): Map<string, Airport> =>
  new Map(
    data('airports.csv')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => {
        const [iata = '', name = '', city = '', state = ''] = cells(line);
        return [iata, { name, city, state }];
      }),
  );

/** Returns the departure time of a flight, in ms; dates of the file are UTC. */
export const departure = ({ date }: Flight): number => Date.parse(`${date.replaceAll('/', '-').replace(' ', 'T')}:00Z`);

/** Deletes the topics of the demo, with its internal topics and their committed offsets. */
export const deleteTopics = async (transport: Transport): Promise<void> => {
  const admin = await transport.admin();
  const mine = [airports.name, flights.name, delays.name];
  const existing = [...(await admin.topics()).keys()];
  await admin.delete(existing.filter((name) => mine.includes(name) || name.startsWith(`${demo.name}-`)));
  await admin.close();
};

/** Creates and fills the input topics, unless they exist. */
export const fillTopics = async (transport: Transport): Promise<void> => {
  const admin = await transport.admin();
  const exists = (await admin.topics([flights.name])).size > 0;
  if (!exists) {
    // By default a broker would delete records of 2001 as too old.
    const keep = { 'retention.ms': '-1' };
    await admin.create([
      { name: airports.name, partitions: 1, config: { 'cleanup.policy': 'compact' } },
      { name: flights.name, partitions: 1, config: keep },
      { name: delays.name, partitions: 1, config: keep },
    ]);
  }
  await admin.close();
  if (exists) return;
  const [ports, all] = [readAirports(), readFlights()];
  await send(
    transport,
    airports,
    [...ports].map(([iata, airport]) => [iata, airport, 0]),
  );
  await appendFlights(transport, all);
};

/** Appends flights to their topic. */
export const appendFlights = (transport: Transport, added: readonly Flight[]): Promise<void> =>
  send(
    transport,
    flights,
    added.map((flight) => [flight.origin, flight, departure(flight)]),
  );

const send = async <V>(
  transport: Transport,
  { name, key: keySerde, value: valueSerde }: Topic<string, V>,
  records: readonly (readonly [key: string, value: V, timestamp: number])[],
): Promise<void> => {
  const producer = await transport.producer({ clientId: 'demo-input' });
  const at = { topic: name, headers: [] };
  for (const [key, value, timestamp] of records) {
    producer.send({
      topic: name,
      partition: 0,
      key: keySerde.encode(key, at),
      value: valueSerde.encode(value, at),
      timestamp,
      headers: [],
    });
  }
  await producer.flush();
  await producer.close();
};

/** Splits a line of CSV; a quoted cell may hold commas and doubled quotes. */
const cells = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );
