/** Measures the memory that repeated work leaves behind. */
import { trendOf } from './trend.js';

/** Work that is repeated. */
export interface Work {
  readonly name: string;
  readonly rounds: number;
  /** Runs one round. */
  readonly round: () => Promise<void>;
  /** The most memory that a round may leave behind, in bytes. */
  readonly limits: Memory;
}

/** Memory in bytes: of JavaScript objects after a garbage collection, and of the process. */
export interface Memory {
  readonly heap: number;
  readonly process: number;
}

/** The number of measurements; the first half is left out, while caches and pools fill. */
const measurements = 20;

/**
 * Runs all rounds and measures 20 times. Returns the growths that exceed their limits. Needs `--expose-gc`.
 */
export const soak = async (
  { name, rounds, round, limits }: Work,
  say: (line: string) => void,
): Promise<readonly string[]> => {
  const found: { readonly round: number; readonly memory: Memory }[] = [];
  const every = Math.max(1, Math.floor(rounds / measurements));
  for (let i = 1; i <= rounds; i++) {
    await round();
    if (i % every === 0) found.push({ round: i, memory: await measure() });
  }
  const late = found.slice(found.length / 2);
  const growth = (kind: keyof Memory): number => trendOf(late.map(({ round, memory }) => [round, memory[kind]]));
  const grown: Memory = { heap: growth('heap'), process: growth('process') };
  const last = found.at(-1)?.memory ?? { heap: 0, process: 0 };
  say(
    `${name}, ${rounds} times: ${kilobytes(grown.heap)} of heap and ${kilobytes(grown.process)} of the process each, ` +
      `in the end ${megabytes(last.heap)} and ${megabytes(last.process)}`,
  );
  return (['heap', 'process'] as const)
    .filter((kind) => grown[kind] > limits[kind])
    .map(
      (kind) => `${name}: ${kilobytes(grown[kind])} of ${kind} stay each time, at most ${kilobytes(limits[kind])} may`,
    );
};

const measure = async (): Promise<Memory> => {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) throw new Error('run node with --expose-gc');
  for (let i = 0; i < 4; i++) {
    gc();
    // Finalizers of native objects run in a later turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, process: rss };
};

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} KB`;
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0)} MB`;
