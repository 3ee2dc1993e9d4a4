/**
 * Measures what applications of many processes cost, in virtual time:
 *
 *   npm run scale                       10, 100 and 1,000 processes with 100, 1,000 and 10,000 tasks
 *   npm run scale -- 20 400             20 processes with 400 tasks
 */
import { type Cost, ModelApplication, type Size } from './measure.js';

const sizes = (given: readonly string[]): readonly Size[] => {
  const [processes, tasks] = given.map(Number);
  if (processes !== undefined && tasks !== undefined) return [{ processes, tasks }];
  return [10, 100, 1_000].flatMap((count) =>
    [100, 1_000, 10_000].filter((one) => one >= count).map((one) => ({ processes: count, tasks: one })),
  );
};

const kilobytes = (bytes: number): string => (bytes / 1_000).toLocaleString('en', { maximumFractionDigits: 1 });
const count = (value: number): string => value.toLocaleString('en');

const line = ({ processes, tasks }: Size, cost: Cost): string =>
  [
    count(processes),
    count(tasks),
    cost.event,
    cost.rebalances,
    count(cost.opened),
    kilobytes(cost.slots.bytes),
    count(cost.written.records),
    kilobytes(cost.written.bytes),
    kilobytes(cost.read.bytes / processes),
    (cost.running / 1_000).toFixed(1),
    (cost.known / 1_000).toFixed(1),
  ].join(' | ');

console.log(
  '| processes | tasks | event | rebalances | tasks opened | slots, kB | rows | rows, kB | read per process, kB | running, s | known, s |',
);
console.log('|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|');
for (const size of sizes(process.argv.slice(2))) {
  for (const cost of await new ModelApplication(size).run()) console.log(`| ${line(size, cost)} |`);
}
process.exit(0);
