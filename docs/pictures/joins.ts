/** Draws each kind of join from its real output for the same records. */
import { testDriver } from '@kstreams/testing';
import { json, type Stream, streams, string, topic, within } from 'kstreams';
import { type Dot, type Link, svg } from './svg.js';

type Pair = readonly [left: string | null, right: string | null];

const lefts = topic('lefts', { key: string, value: string });
const rights = topic('rights', { key: string, value: string });
const pairs = topic('pairs', { key: string, value: json<Pair>() });

const second = 1_000;
const left: readonly Dot[] = [1, 6, 13].map((at, i) => ({ at: at * second, label: `a${i + 1}`, line: 0 }));
const right: readonly Dot[] = [3, 8, 18].map((at, i) => ({ at: at * second, label: `b${i + 1}`, line: 1 }));

/** Returns the output of a join for the records of both sides. A last record advances stream time and closes the windows. */
const pairsOf = (
  join: (left: Stream<string, string>, right: Stream<string, string>) => Stream<string, Pair>,
): readonly Pair[] => {
  const app = streams('picture');
  join(app.stream(lefts), app.stream(rights)).to(pairs);
  const driver = testDriver(app);
  for (const { at, label, line } of [...left, ...right].sort((a, b) => a.at - b.at)) {
    driver.input(line === 0 ? lefts : rights).pipe('k', label, at);
  }
  driver.input(lefts).pipe('other', 'end', 60 * second);
  return driver
    .output(pairs)
    .read()
    .flatMap(({ key, value }) => (key === 'k' && value !== null ? [value] : []));
};

const pair = (one: string | undefined, other: string | undefined): Pair => [one ?? null, other ?? null];
const time = within('3s');
const result = { value: json<Pair>() };

const kinds = {
  inner: (one: Stream<string, string>, other: Stream<string, string>) => one.join(other, time, pair, result),
  left: (one: Stream<string, string>, other: Stream<string, string>) => one.leftJoin(other, time, pair, result),
  outer: (one: Stream<string, string>, other: Stream<string, string>) => one.outerJoin(other, time, pair, result),
};

/** Returns the pictures by name. Lines connect joined records; a third line shows the output. */
export const joinPictures = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(kinds).map(([name, join]) => {
      const made = pairsOf(join);
      const find = (label: string | null): Dot | undefined => [...left, ...right].find((dot) => dot.label === label);
      const out = made.map(([one, other], i): Dot => {
        const at = Math.max(find(one)?.at ?? 0, find(other)?.at ?? 0);
        const before = made
          .slice(0, i)
          .filter((earlier) => Math.max(find(earlier[0])?.at ?? 0, find(earlier[1])?.at ?? 0) === at);
        return { at: at + before.length * 900, label: `${one ?? '–'} ${other ?? '–'}`, line: 2 };
      });
      const links = made.flatMap(([one, other]): Link[] => {
        const [from, to] = [find(one), find(other)];
        return from === undefined || to === undefined ? [] : [{ from, to }];
      });
      const picture = {
        from: 0,
        to: 22 * second,
        dots: [...left, ...right, ...out],
        bars: [],
        links,
        tick: 2 * second,
      };
      const lines = ['left', 'right', 'out'];
      return [`join-${name}`, svg({ ...picture, lines, time: (at) => `${at / second} s` })];
    }),
  );
