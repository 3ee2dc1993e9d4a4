/**
 * Runs `npm run bench -- peers --on-broker --latency [--filter text] [--seconds n] [--rate n] [--json]`: the time from the send of
 * a record to the arrival of its result, at 1,000 records per s, on the broker of KSTREAMS_KAFKA. The same way without an
 * application between is the first row. The first third of the time warms up and is left out.
 */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { noHeaders, partitionFor, toUtf8 } from '@kstreams/core';
import { kafkaJs } from '@kstreams/kafka-js';
import { percentile } from '../../queries/percentile.js';
import { brokerCases } from './cases.js';
import { createTopics, partitionCount, partitionsOf, removeTopics } from './input.js';
import { withRunning } from './running-process.js';
import { peerSides, type Side } from './sides.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    'on-broker': { type: 'boolean' },
    latency: { type: 'boolean' },
    filter: { type: 'string', default: '' },
    seconds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '1000' },
    json: { type: 'boolean' },
  },
});

const brokers = process.env.KSTREAMS_KAFKA;
if (brokers === undefined) throw new Error('set KSTREAMS_KAFKA to host:port of a broker: .ci/kafka start prints it');
const [seconds, rate] = [Number(values.seconds), Number(values.rate)];
/** The pause between two sends, in ms. */
const interval = 5;
/** The longest wait for the last results, in ms. */
const patience = 30_000;
/** Cases with a result per record. */
const measured = brokerCases.filter(
  ({ emit, topology }) => emit === 'on-update' && ['pass-through', 'count'].includes(topology),
);
const transport = kafkaJs({ brokers, producer: { linger: 0 } });

/** Latencies, in ms. */
interface Latencies {
  readonly median: number;
  readonly p99: number;
}

/** Sends records, each with another key, and measures until they arrive on another topic. */
const measure = async (from: string, to: string): Promise<Latencies> => {
  const producer = await transport.producer({ clientId: 'latency' });
  const consumer = await transport.consumer({ clientId: 'latency' });
  consumer.assign(partitionsOf(to).map((one) => ({ ...one, offset: 0 })));
  const [sent, latencies]: [number[], number[]] = [[], []];
  const total = seconds * rate;
  const arrive = async (deadline: () => boolean): Promise<void> => {
    for (let arrived = 0; arrived < total && !deadline(); ) {
      for (const { key } of await consumer.poll(2_000, 100)) {
        const number = Number(new TextDecoder().decode(key as Uint8Array));
        arrived++;
        if (number >= total / 3) latencies.push(performance.now() - (sent[number] as number));
      }
    }
  };
  const began = performance.now();
  const arrived = arrive(() => performance.now() - began > seconds * 1_000 + patience);
  for (let number = 0; number < total; ) {
    for (const due = ((performance.now() - began) / 1_000) * rate; number < Math.min(due, total); number++) {
      const key = toUtf8(`${number}`);
      const partition = partitionFor(key, partitionCount);
      sent.push(performance.now());
      producer.send({ topic: from, partition, key, value: key, timestamp: Date.now(), headers: noHeaders });
    }
    await pause(interval);
  }
  await arrived;
  await Promise.all([producer.close(), consumer.close()]);
  return { median: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
};

const measureSide = async (side: Side | undefined): Promise<Latencies> => {
  const application = `latency-${crypto.randomUUID()}`;
  await createTopics(transport, `${application}-`);
  try {
    const [from, to] = [`${application}-left`, `${application}-out`];
    if (side === undefined) return await measure(from, from);
    return await withRunning(side.command, side.args(application), () => measure(from, to));
  } finally {
    await removeTopics(transport, `${application}-`);
  }
};

const sidesOf = peerSides(brokers);
const cases: readonly { readonly name: string; readonly sides: readonly (Side | undefined)[] }[] = [
  { name: 'no application', sides: [undefined] },
  ...measured.map((one) => ({ name: one.name, sides: sidesOf(one) })),
].filter(({ name }) => name.includes(values.filter));
const results: object[] = [];
if (!values.json) console.log(`Node ${process.version}, ${cpus().length} cores, ${rate} records/s; ms: median, p99`);
for (const { name, sides } of cases) {
  for (const side of sides) {
    const latencies = await measureSide(side);
    results.push({ name, side: side?.name, ...latencies });
    const [median, p99] = [latencies.median, latencies.p99].map((ms) => ms.toFixed(1).padStart(8));
    if (!values.json) console.log(`${name.padEnd(20)}${(side?.name ?? '').padEnd(16)}${median}${p99}`);
  }
}
await transport.close();
if (values.json)
  console.log(JSON.stringify({ node: process.version, cores: cpus().length, seconds, rate, results }, undefined, 2));
