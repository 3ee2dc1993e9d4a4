/** All benchmarks, from the innermost loop outwards. */
import type { Benchmark } from '../benchmark.js';
import { closures } from './closures.js';
import { embeddedLog } from './embedded-log.js';
import { levelReads } from './level-reads.js';
import { levelWrites } from './level-writes.js';
import { wordCount } from './word-count.js';

/** Every benchmark, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [closures, wordCount, levelWrites, levelReads, embeddedLog];
