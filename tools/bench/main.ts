/**
 * Runs `npm run bench`: kstreams beside hand-written code; `npm run bench -- parallel`: the table of
 * parallel-consumer; `npm run bench -- peers`: topologies beside those of Kafka Streams, in process or with
 * `--on-broker`, or their latency with `--latency`; `npm run bench -- snapshots`: state with copies in a bucket; `npm run bench -- sizes`: the memory and the
 * disk of rows; `npm run bench -- level-count`: a count of many keys on Level; `npm run bench -- level-restart`: its restore and its
 * start; `npm run bench -- flow`: our test driver beside that of `@kafkats/flow`;
 * `npm run bench -- figures`: measures and writes the figures of docs/benchmarks.md;
 * `npm run bench -- curves`: the cost of a record against steps, keys, windows and more; `npm run bench -- queries`: processing
 * beside clients of queries; `npm run bench -- pauses`: the longest pauses of the event loop and of commits.
 */
if (process.argv[2] === 'parallel') await import('./src/parallel/table.js');
else if (process.argv[2] === 'peers') {
  const [onBroker, latency] = ['--on-broker', '--latency'].map((option) => process.argv.includes(option));
  if (latency) await import('./src/peers/broker/latency.js');
  else await import(onBroker ? './src/peers/broker/table.js' : './src/peers/table.js');
} else if (process.argv[2] === 'snapshots') await import('./src/snapshots/table.js');
else if (process.argv[2] === 'queries') await import('./src/queries/table.js');
else if (process.argv[2] === 'flow') await import('./src/flow/table.js');
else if (process.argv[2] === 'pauses') await import('./src/pauses/table.js');
else if (process.argv[2] === 'figures') await import('./src/figures/run.js');
else if (process.argv[2] === 'sizes') await import('./src/sizes/table.js');
else if (process.argv[2] === 'level-count') await import('./src/level-count/table.js');
else if (process.argv[2] === 'level-restart') await import('./src/level-restart/table.js');
else if (process.argv[2] === 'curves') await import('./src/curves/table.js');
else await import('./src/side-by-side.js');

export {};
