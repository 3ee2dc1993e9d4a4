import { mainThreadTime } from './main-thread-time.js';

/** The time of a run, in s. */
export interface Cost {
  readonly wall: number;
  /** The processor time of the main thread, which bounds the throughput; undefined where the system does not count it. */
  readonly main: number | undefined;
  /** The processor time of all threads: also of Level, of the collector of garbage, and of files. */
  readonly all: number;
}

/** Starts to measure. Returns a function that returns the cost since. */
export const measure = (): (() => Cost) => {
  const [begin, used, main] = [performance.now(), process.cpuUsage(), mainThreadTime()];
  return () => {
    const { system, user } = process.cpuUsage(used);
    const now = mainThreadTime();
    return {
      wall: (performance.now() - begin) / 1_000,
      main: main === undefined || now === undefined ? undefined : (now - main) / 1_000,
      all: (user + system) / 1e6,
    };
  };
};

/** Returns the cost of two runs together. */
export const sumOf = (one: Cost, other: Cost): Cost => ({
  wall: one.wall + other.wall,
  main: one.main === undefined || other.main === undefined ? undefined : one.main + other.main,
  all: one.all + other.all,
});

/** Returns a cost as text, such as `2.10 s, CPU 2.40 s (main thread 1.90 s)`. */
export const shown = ({ all, main, wall }: Cost): string =>
  `${wall.toFixed(2)} s, CPU ${all.toFixed(2)} s${main === undefined ? '' : ` (main thread ${main.toFixed(2)} s)`}`;

/** Returns the ratios of two costs as text. */
export const ratio = (one: Cost, other: Cost): string => {
  const main =
    one.main === undefined || other.main === undefined ? '' : ` (main thread ${times(one.main, other.main)})`;
  return `ratio ${times(one.wall, other.wall)}, CPU ${times(one.all, other.all)}${main}`;
};

const times = (one: number, other: number): string => (one / other).toFixed(2);
