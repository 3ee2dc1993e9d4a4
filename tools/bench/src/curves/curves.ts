/** The dimensions against which the cost of a record is measured, with the growth that the algorithms promise. */
import { hopping, type Streams, session, streams, string, topic } from 'kstreams';

/** An input record: the number of its key, and its timestamp. */
export interface Drawn {
  readonly key: number;
  readonly timestamp: number;
}

/** A dimension. */
export interface Curve {
  readonly name: string;
  /** The growth of the cost per record with the dimension. */
  readonly theory: string;
  readonly points: readonly number[];
  readonly build: (size: number) => Streams;
  /** Returns record `at` of a run; `random` draws a number below a limit. */
  readonly draw: (at: number, size: number, random: (below: number) => number) => Drawn;
  /** Tasks that are fed in turn; 1 unless set. */
  readonly tasks?: (size: number) => number;
  /** The number of records after which the dimension has its size; 0 unless set. */
  readonly fill?: (size: number) => number;
  /** The number of records of a round; 200,000 unless set. */
  readonly records?: (size: number) => number;
}

const texts = topic('left', { key: string, value: string });
const forward = (app: Streams, chain: (app: Streams) => void): Streams => {
  chain(app);
  return app;
};
const counted = (): Streams =>
  forward(streams('curve'), (app) => void app.stream(texts).groupByKey().count({ name: 'count' }));

/** Records of 1,000 keys, ten per millisecond, from a time before which there is room for windows. */
const even: Curve['draw'] = (at, _size, random) => ({ key: random(1_000), timestamp: 1e9 + Math.floor(at / 10) });

export const curves: readonly Curve[] = [
  {
    name: 'steps per record',
    theory: 'linear, a function call for each step',
    points: [1, 10, 50],
    build: (size) =>
      forward(streams('curve'), (app) => {
        let stream = app.stream(texts);
        for (let step = 0; step < size; step++) stream = stream.mapValues((value) => value);
        stream.forEach(() => {});
      }),
    draw: even,
  },
  {
    name: 'keys',
    theory: 'constant per record, a lookup by hash, and per row of a commit, of which there are more with more keys',
    points: [1_000, 10_000, 100_000, 1_000_000],
    build: counted,
    draw: (at, size, random) => ({ key: at < size ? at : random(size), timestamp: at }),
    fill: (size) => size,
  },
  {
    name: 'partitions of a process',
    theory: 'constant: a record is of one task, and there are 1,000 keys in all',
    points: [1, 10, 100],
    build: counted,
    draw: (at, size, random) => ({ key: random(1_000 / size), timestamp: at }),
    tasks: (size) => size,
  },
  {
    name: 'windows per record',
    theory: 'linear, a row for each window',
    points: [1, 10, 100],
    build: (size) =>
      forward(
        streams('curve'),
        (app) =>
          void app
            .stream(texts)
            .groupByKey()
            .window(hopping(1_000 * size, { advance: 1_000 }))
            .count({ name: 'count' }),
      ),
    draw: (at, _size, random) => ({ key: random(10), timestamp: 1e9 + Math.floor(at / 10) }),
    records: (size) => 200_000 / size,
  },
  {
    name: 'open sessions of one key',
    theory: 'logarithmic, a search among the sessions of the key, and per row of a commit',
    points: [10, 1_000, 100_000],
    build: () =>
      forward(
        streams('curve'),
        (app) =>
          void app
            .stream(texts)
            .groupByKey()
            .window(session(4, { grace: '365d' }))
            .count({ name: 'count' }),
      ),
    // Each session has one instant, ten milliseconds from the next one.
    draw: (at, size, random) => ({ key: 0, timestamp: 10 * (at < size ? at : random(size)) }),
    fill: (size) => size,
  },
];
