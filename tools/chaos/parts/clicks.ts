import { int32, string, topic } from 'kstreams';
import { countProblems, valuesByKey } from './counts.js';
import type { Part } from './part.js';

const clicks = topic('chaos-clicks', { key: string, value: string });
/** Every count of every page, in order. */
const counts = topic('chaos-counts', { key: string, value: int32 });
const pages = 12;

/** Creates the part that counts clicks by page: a repartition topic and a store. */
export const clickPart = (partitions: number): Part => {
  const clicked = new Map<string, number>();
  return {
    topics: [clicks, counts].map(({ name }) => ({ name, partitions, config: {} })),
    inputs: [clicks.name],
    build: (app) => {
      app
        .stream(clicks)
        .groupBy((page) => page, { key: string, name: 'by-page' })
        .count({ name: 'by-page', value: int32 })
        .toStream()
        .to(counts);
    },
    write: (moment, send) => {
      const page = `page-${(moment * 7) % pages}`;
      send(clicks.name, `visitor-${moment % 50}`, page);
      clicked.set(page, (clicked.get(page) ?? 0) + 1);
    },
    judge: async (read, guarantee) => {
      const records = await read(counts.name);
      const written = [...clicked.values()].reduce((sum, count) => sum + count, 0);
      return {
        ...countProblems(valuesByKey(records, counts), clicked, guarantee),
        summary: `${written} clicks gave ${records.length} counts`,
      };
    },
  };
};
