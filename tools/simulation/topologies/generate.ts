/** Random topologies, with plain code that checks their results. */
import type { Random } from '@kstreams/simulation';
import { aggregated, merged } from './aggregates.js';
import { expiring } from './expiring.js';
import type { Generated } from './generated.js';
import { foreign, global, joined, tables } from './joins.js';
import { stateless } from './stateless.js';
import { tableGraph } from './table-graphs.js';
import { timed } from './timers.js';
import { closing, windowed } from './windows.js';

/** Returns a random topology. */
export const generate = (random: Random): Generated =>
  random.pick([
    stateless,
    stateless,
    aggregated,
    aggregated,
    windowed,
    windowed,
    closing,
    joined,
    joined,
    tables,
    tableGraph,
    foreign,
    global,
    merged,
    timed,
    expiring,
  ])(random);
