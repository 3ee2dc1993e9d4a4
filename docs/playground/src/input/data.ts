/** Real data sets, bundled by `build/data.ts`. */
import urls from 'virtual:data';
import type { DataSet, InputRecord } from '../run/messages.js';
import { beginning } from './generate.js';

/** Title of each set, and the topic names that it suits. */
export const dataSets: Readonly<Record<DataSet, { readonly title: string; readonly fits: RegExp }>> = {
  flights: { title: 'US flights, 2001', fits: /flight/i },
  airports: { title: 'US airports', fits: /airport/i },
  earthquakes: { title: 'Earthquakes of a week in 2018', fits: /quake/i },
  stocks: { title: 'Stock prices, 2000 to 2010', fits: /stock|price|tick|quote/i },
  words: { title: 'Lines of a poem', fits: /./ },
};

type Row = readonly [key: string, value: unknown, timestamp: number];

const lines = [
  'to be or not to be that is the question',
  'whether tis nobler in the mind to suffer',
  'the slings and arrows of outrageous fortune',
  'or to take arms against a sea of troubles',
  'and by opposing end them to die to sleep',
  'no more and by a sleep to say we end',
];

const loaded = new Map<DataSet, Promise<readonly Row[]>>();

const rowsOf = (set: DataSet): Promise<readonly Row[]> => {
  if (set === 'words') {
    return Promise.resolve(lines.map((line, at): Row => [`line-${at + 1}`, line, beginning + at * 20_000]));
  }
  const found =
    loaded.get(set) ?? fetch(urls[set] as string).then((response) => response.json() as Promise<readonly Row[]>);
  loaded.set(set, found);
  return found;
};

/** Returns the first `count` records of a set, for a topic. */
export const dataFor = async (topic: string, set: DataSet, count: number): Promise<readonly InputRecord[]> =>
  (await rowsOf(set)).slice(0, count).map(([key, value, timestamp]) => ({ topic, key, value, timestamp }));
