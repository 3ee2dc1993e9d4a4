/** The demo's input: real US flights of 2001 and the airports they left from, of the package `vega-datasets`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Topic, Transport } from 'kstreams';
import { type Airport, airports, delays, demo, type Flight, flights } from './topology.js';

const require = createRequire(import.meta.url);
/** The package exports no paths of its own, so the data are found beside its entry. */
const packageFolder = require.resolve('vega-datasets').replace(/(.*vega-datasets).*/, '$1');
const data = (name: string): string => readFileSync(`${packageFolder}/data/${name}`, 'utf8');

/** Every flight in the order of the file. */
export const readFlights = (): Flight[] => JSON.parse(data('flights-20k.json')) as Flight[];

/** Every airport by its code. The columns of the file are iata, name, city, state, country, latitude, longitude. */
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

/** When a flight left, in ms; the file's dates are read as UTC. */
export const departure = ({ date }: Flight): number => Date.parse(`${date.replaceAll('/', '-').replace(' ', 'T')}:00Z`);

/** Deletes the demo's topics, its own internal ones too; what was committed for them goes with them. */
export const deleteTopics = async (transport: Transport): Promise<void> => {
  const admin = await transport.admin();
  const mine = [airports.name, flights.name, delays.name];
  const existing = [...(await admin.topics()).keys()];
  await admin.delete(existing.filter((name) => mine.includes(name) || name.startsWith(`${demo.name}-`)));
  await admin.close();
};

/** Puts all of the input into the topics, unless it is there. */
export const fillTopics = async (transport: Transport): Promise<void> => {
  const admin = await transport.admin();
  const exists = (await admin.topics([flights.name])).size > 0;
  if (!exists) {
    // Records of 2001 are older than a broker keeps them by itself.
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

/** The cells of a line of CSV; a quoted one may hold commas and doubled quotes. */
const cells = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );
