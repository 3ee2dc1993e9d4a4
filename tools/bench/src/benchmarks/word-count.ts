/**
 * Measures word count in the test driver against a loop over a Map. Both keep every update; the loop has no bytes,
 * topics or clocks and so is a lower bound.
 */
import { testDriver } from '@kstreams/testing';
import { countSerde, streams, string, topic } from 'kstreams';
import type { Benchmark } from '../benchmark.js';

const wordsPerLine = 5;
const vocabulary = 1_000;

const lines = topic('lines', { key: string, value: string });
const counts = topic('counts', { key: string, value: countSerde });

/** Lines of repeated words, in an order that does not repeat soon. */
const someLines = (words: number): readonly string[] =>
  Array.from({ length: Math.ceil(words / wordsPerLine) }, (_, line) =>
    Array.from({ length: wordsPerLine }, (_, at) => `word-${((line * wordsPerLine + at) * 7_919) % vocabulary}`).join(
      ' ',
    ),
  );

const split = (line: string): readonly string[] => line.split(' ');

const sumOf = (updates: Iterable<number>): number => {
  let sum = 0;
  for (const count of updates) sum += count;
  return sum;
};

/** A stateful chain without a log or a disk: serdes, a repartition, a store and table changes. */
export const wordCount: Benchmark = {
  name: 'word-count',
  compares: 'word count in the test driver; a loop over a Map',
  unit: 'words',
  size: 100_000,
  kstreams: (size) => {
    const app = streams('word-count');
    app
      .stream(lines)
      .flatMapValues(split, { value: string })
      .groupBy((word) => word, { key: string })
      .count({ name: 'words' })
      .toStream()
      .to(counts);
    const texts = someLines(size);
    // Freezing is for tests, and words are immutable anyway.
    const driver = testDriver(app, { freeze: false });
    return {
      run: () => {
        const input = driver.input(lines);
        for (const line of texts) input.pipe('', line, 0);
      },
      result: () =>
        sumOf(
          driver
            .output(counts)
            .read()
            .map(({ value }) => Number(value)),
        ),
      close: () => driver.close(),
    };
  },
  byHand: (size) => {
    const texts = someLines(size);
    const words = new Map<string, number>();
    const updates: { readonly word: string; readonly count: number }[] = [];
    return {
      run: () => {
        for (const line of texts) {
          for (const word of split(line)) {
            const count = (words.get(word) ?? 0) + 1;
            words.set(word, count);
            updates.push({ word, count });
          }
        }
      },
      result: () => sumOf(updates.map(({ count }) => count)),
    };
  },
};
