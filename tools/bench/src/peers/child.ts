/** Runs one topology: `child.ts NAME BYTES`. As in `Peer.java`, a line of input is a number of records, and its result a line of JSON. */
import { createInterface } from 'node:readline';
import { measuredRounds } from './measured-rounds.js';
import { topologies } from './topologies.js';

const topology = topologies.find(({ name }) => name === process.argv[2]);
if (topology === undefined) throw new RangeError(`there is no topology ${process.argv[2]}`);
const round = await measuredRounds(topology, Number(process.argv[3]));
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await round(Number(line))));
