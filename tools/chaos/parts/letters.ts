import { int32, string, topic, tuple } from 'kstreams';
import { countProblems, valuesByKey } from './counts.js';
import type { Part } from './part.js';

const letters = topic('chaos-letters', { key: string, value: string });
/** The number of each letter among those of its author, and its text: too long for the topic now and then. */
const copies = topic('chaos-copies', { key: string, value: tuple(int32, string) });
const authors = 8;
/** The longest batch that the topic of copies takes, in bytes, and the length of a letter that exceeds it. */
const limit = 2_000;
const tooLong = 5_000;

/**
 * Creates the part with outputs that the broker refuses: one of 600 copies is too long. The policy skips its record, which
 * must leave no count either.
 */
export const letterPart = (partitions: number): Part => {
  const sent = new Map<string, number>();
  let refused = 0;
  return {
    topics: [
      { name: letters.name, partitions, config: {} },
      { name: copies.name, partitions, config: { 'max.message.bytes': `${limit}` } },
    ],
    inputs: [letters.name],
    build: (app) => {
      app
        .stream(letters)
        .groupByKey()
        .aggregate(
          (): [number, string] => [0, ''],
          ([count], text) => [count + 1, text] satisfies [number, string],
          { name: 'copied', value: copies.value },
        )
        .toStream()
        .to(copies);
    },
    write: (moment, send) => {
      if (moment % 5 !== 0) return;
      const author = `author-${(moment / 5) % authors}`;
      if (moment % 3_000 === 0) {
        refused++;
        send(letters.name, author, 'x'.repeat(tooLong));
      } else {
        sent.set(author, (sent.get(author) ?? 0) + 1);
        send(letters.name, author, `letter ${moment}`);
      }
    },
    judge: async (read, guarantee) => {
      const records = await read(copies.name);
      const byAuthor = valuesByKey(records, copies);
      const counts = new Map([...byAuthor].map(([author, found]) => [author, found.map(([count]) => count)]));
      return {
        ...countProblems(counts, sent, guarantee),
        summary: `${records.length} letters copied, ${refused} too long`,
      };
    },
  };
};
