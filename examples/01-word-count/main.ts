/** Counts the words of lines of text. */
import { countSerde, streams, string, topic } from 'kstreams';

const lines = topic('lines', { value: string });
export const counts = topic('word-counts', { key: string, value: countSerde });

export const app = streams('word-count');

app
  .stream(lines)
  .flatMapValues((line) => line.toLowerCase().match(/\w+/g) ?? [], { value: string })
  .groupBy((word) => word, { key: string })
  .count({ name: 'words' })
  .toStream()
  .to(counts);

export const sample = [
  [lines, null, 'To be, or not to be', 0],
  [lines, null, 'Let it be', 1],
] as const;
export const output = [counts];
