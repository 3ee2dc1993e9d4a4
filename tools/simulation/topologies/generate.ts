/** Random topologies, with plain code that checks their results. */
import { Random } from '@kstreams/simulation';
import type { Waits } from '../waits.js';
import { aggregated, kept, merged } from './aggregates.js';
import { expiring } from './expiring.js';
import type { Generated } from './generated.js';
import { foreign, global, joined, tables } from './joins.js';
import { stateless } from './stateless.js';
import { tableGraph } from './table-graphs.js';
import { timed } from './timers.js';
import { closing, windowed } from './windows.js';

/** The share of seeds with snapshots whose store has no changelog. */
const keptShare = 0.3;

/** Returns the topology of a seed whose name has a part. */
export const generateFor = (seed: number, random: Random, part: string, { snapshots }: Waits): Generated => {
  // It does not affect the other draws of the seed.
  const isKept = part === '' && snapshots !== undefined && new Random(seed ^ 0x0b5e).chance(keptShare);
  for (;;) {
    const generated = isKept || part === 'without a changelog' ? kept(random) : generate(random);
    if (generated.name.includes(part)) return generated;
  }
};

/** Returns a random topology, for any state. */
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
