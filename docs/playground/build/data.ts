/** The playground's data sets, taken from the package `vega-datasets`: rows of key, value, timestamp in ms. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const folder = createRequire(import.meta.url)
  .resolve('vega-datasets')
  .replace(/(.*vega-datasets).*/, '$1/data');
const read = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');

type Row = readonly [key: string, value: unknown, timestamp: number];

/** Splits a line of CSV into cells; a cell may be quoted. */
const cells = (line: string): readonly string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
    cell.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'),
  );

const table = (name: string): readonly (readonly string[])[] => read(name).trim().split(/\r?\n/).slice(1).map(cells);

const flights = (): readonly Row[] =>
  (JSON.parse(read('flights-2k.json')) as { date: string; origin: string }[]).map((flight, at) => [
    String(at),
    flight,
    Date.parse(`${flight.date.replaceAll('/', '-').replace(' ', 'T')}:00Z`),
  ]);

const airports = (): readonly Row[] => {
  const used = new Set((JSON.parse(read('flights-2k.json')) as { origin: string }[]).map(({ origin }) => origin));
  return table('airports.csv').flatMap(([iata = '', name, city, state]): Row[] =>
    used.has(iata) ? [[iata, { name, city, state }, 0]] : [],
  );
};

const earthquakes = (): readonly Row[] =>
  (
    JSON.parse(read('earthquakes.json')) as {
      features: {
        id: string;
        properties: { mag: number | null; place: string; time: number };
        geometry: { coordinates: number[] };
      }[];
    }
  ).features
    .filter(({ properties }) => properties.mag !== null)
    .map(({ id, properties: { mag, place, time }, geometry: { coordinates } }): Row => {
      const region = place.split(', ').at(-1) ?? place;
      return [id, { magnitude: mag, place, region, depth: coordinates[2] }, time];
    })
    .sort((a, b) => a[2] - b[2]);

const stocks = (): readonly Row[] =>
  table('stocks.csv')
    .map(
      ([symbol = '', date = '', price]): Row => [symbol, { symbol, price: Number(price) }, Date.parse(`${date} UTC`)],
    )
    .sort((a, b) => a[2] - b[2]);

const sets = { flights, airports, earthquakes, stocks };
const id = 'virtual:data';

/** Resolves `import urls from 'virtual:data'` to the URLs of the sets, as JSON. */
export const dataPlugin = (): Plugin => ({
  name: 'data',
  resolveId: (name) => (name === id ? `\0${id}` : undefined),
  load(name) {
    if (name !== `\0${id}`) return undefined;
    const entries = Object.entries(sets).map(([set, rows]) => {
      const asset = this.emitFile({ type: 'asset', name: `${set}.json`, source: JSON.stringify(rows()) });
      return `${set}: import.meta.ROLLUP_FILE_URL_${asset}`;
    });
    return `export default { ${entries.join(', ')} };`;
  },
});
