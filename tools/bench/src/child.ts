/** Measures the benchmark named by the first argument, and sends the result to the parent process. */
import { flowCount } from './benchmarks/flow-count.js';
import { benchmarks } from './benchmarks/index.js';
import { compare } from './compare.js';

const [name, rounds] = process.argv.slice(2);
const benchmark = [...benchmarks, flowCount].find((one) => one.name === name);
if (benchmark === undefined) throw new RangeError(`there is no benchmark ${name}`);
const now = (): number => performance.now();
process.send?.(await compare(benchmark, { rounds: Number(rounds), now, collect: () => globalThis.gc?.() }));
process.disconnect();
