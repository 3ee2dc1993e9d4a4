/**
 * Runs `npm run bench -- NAME`:
 *
 * - none, or options alone: kstreams beside hand-written code
 * - `parallel`: the table of parallel-consumer
 * - `peers`: topologies beside those of Kafka Streams, in process; with `--on-broker` on a broker, or their latency with `--latency`
 * - `flow`: our test driver beside that of `@kafkats/flow`
 * - `curves`: the cost of a record against steps, keys, windows and more
 * - `queries`: processing beside clients of queries
 * - `snapshots`: state with copies in a bucket
 * - `sizes`: the memory and the disk of rows
 * - `level-count`, `level-restart`: a count of many keys on Level; its restore and its start
 * - `pauses`: the longest pauses of the event loop and of commits
 * - `figures`: measures and writes the figures of docs/benchmarks.md
 */
const [, , name = '', ...options] = process.argv;

const peers = (): Promise<unknown> => {
  if (options.includes('--latency')) return import('./src/peers/broker/latency.js');
  return options.includes('--on-broker') ? import('./src/peers/broker/table.js') : import('./src/peers/table.js');
};

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  parallel: () => import('./src/parallel/table.js'),
  peers,
  flow: () => import('./src/flow/table.js'),
  curves: () => import('./src/curves/table.js'),
  queries: () => import('./src/queries/table.js'),
  snapshots: () => import('./src/snapshots/table.js'),
  sizes: () => import('./src/sizes/table.js'),
  'level-count': () => import('./src/level-count/table.js'),
  'level-restart': () => import('./src/level-restart/table.js'),
  pauses: () => import('./src/pauses/table.js'),
  figures: () => import('./src/figures/run.js'),
};
await (programs[name]?.() ?? import('./src/side-by-side.js'));

export {};
