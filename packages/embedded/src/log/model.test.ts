import { expect, test } from '@jest/globals';
import { fromUtf8, type Received, toUtf8 } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import fc from 'fast-check';
import { keptStorage } from '../../test/kept-storage.js';
import { ModelPartition, type ModelRecord, type ModelTransaction } from '../../test/model-log.js';
import { EmbeddedConsumer } from '../client/consumer.js';
import { EmbeddedProducer } from '../client/producer.js';
import type { LogStorage } from '../storage/log-storage.js';
import { Log } from './log.js';

const topics = ['plain', 'compacted'] as const;
const ids = ['x', 'y'] as const;

type Operation =
  | { readonly do: 'send'; readonly topic: number; readonly id: number | undefined; readonly records: readonly Sent[] }
  | { readonly do: 'end'; readonly id: number; readonly how: 'commit' | 'abort' | 'fence' }
  | { readonly do: 'offset'; readonly id: number | undefined; readonly offset: number }
  | { readonly do: 'purge'; readonly topic: number; readonly before: number }
  | { readonly do: 'read'; readonly topic: number; readonly from: number; readonly max: number }
  | { readonly do: 'clean' }
  | { readonly do: 'reopen'; readonly crash: boolean };
type Sent = readonly [key: string, value: string | null, timestamp: number];

const sent: fc.Arbitrary<Sent> = fc.tuple(
  fc.constantFrom('a', 'b', 'c'),
  fc.option(fc.string({ maxLength: 3 }), { nil: null }),
  fc.nat(20),
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      topic: fc.nat(1),
      id: fc.constantFrom(undefined, 0, 1),
      records: fc.array(sent, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      id: fc.nat(1),
      how: fc.constantFrom('commit', 'abort', 'fence'),
    }),
  },
  fc.record({ do: fc.constant('offset' as const), id: fc.constantFrom(undefined, 0, 1), offset: fc.nat(50) }),
  fc.record({ do: fc.constant('purge' as const), topic: fc.nat(1), before: fc.nat(30) }),
  fc.record({
    do: fc.constant('read' as const),
    topic: fc.nat(1),
    from: fc.nat(30),
    max: fc.integer({ min: 1, max: 5 }),
  }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clean' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reopen' as const), crash: fc.boolean() }) },
);

/** A log and its model, which get the same operations. */
class Pair {
  readonly model = topics.map((topic) => new ModelPartition(topic === 'compacted'));
  #storage: LogStorage | undefined;
  readonly #memory: number;
  #log!: Log;
  #plain!: EmbeddedProducer;
  #transactional: EmbeddedProducer[] = [];
  #open: (ModelTransaction | undefined)[] = [];
  #committed: number | undefined;
  #pending: (number | undefined)[] = [];

  constructor(memory: number) {
    this.#memory = memory;
  }

  async start(): Promise<void> {
    this.#storage ??= await keptStorage();
    const options = { name: 'memory', clock: new TestClock(), memory: this.#memory, timeouts: { poll: 1, session: 1 } };
    this.#log = await Log.open(this.#storage, options);
    for (const name of topics) {
      const config = { 'cleanup.policy': name === 'compacted' ? 'compact' : 'delete' };
      await this.#log.topics.create({ name, partitions: 1, config });
    }
    this.#plain = new EmbeddedProducer(this.#log, undefined);
    this.#transactional = [];
    for (const [i] of ids.entries()) await this.#claim(i);
  }

  async apply(operation: Operation): Promise<void> {
    if (operation.do === 'send') await this.#send(operation);
    else if (operation.do === 'end') await this.#end(operation.id, operation.how);
    else if (operation.do === 'offset') await this.#offset(operation);
    else if (operation.do === 'clean') {
      await this.#log.cleaner.clean();
      for (const partition of this.model) partition.clean();
    } else if (operation.do === 'purge') {
      const place = { topic: topics[operation.topic] as string, partition: 0 };
      await this.#log.cleaner.purge(this.#log.topics.partition(place), operation.before);
      this.model[operation.topic]?.purge(operation.before);
    } else if (operation.do === 'read') await this.#read(operation);
    else {
      if (operation.crash) await this.#log.writer.flush();
      else await this.#log.close();
      for (const [i] of ids.entries()) this.#finish(i, 'aborted');
      await this.start();
    }
  }

  async compare(): Promise<void> {
    for (const [i, topic] of topics.entries()) {
      const model = this.model[i] as ModelPartition;
      const place = { topic, partition: 0 };
      for (const isolation of ['committed', 'latest'] as const) {
        const reader = new EmbeddedConsumer(this.#log, { clientId: 'r', isolation, group: 'g' });
        reader.assign([{ ...place, offset: 0 }]);
        const found: Received[] = [];
        while (!reader.caughtUp(place)) found.push(...(await reader.poll(3, 0)));
        const expected = model.readable(isolation);
        expect(found.map(seen)).toEqual(expected.map(written));
        expect(reader.position(place)).toBe(isolation === 'latest' ? model.end : model.stable);
        const first = expected.find(({ timestamp }) => timestamp >= 10)?.offset;
        const [start] = await reader.offsets([place], 'earliest');
        const [at] = await reader.offsets([place], { timestamp: 10 });
        const [end] = await reader.offsets([place], 'latest-written');
        expect([start, at, end]).toEqual([model.start, first ?? reader.position(place), model.end]);
      }
    }
    if (this.#pending.every((one) => one === undefined)) {
      const [committed] = await this.#log.committed('g', [{ topic: 'plain', partition: 0 }]);
      expect(committed?.offset).toBe(this.#committed);
    }
  }

  async #send({ topic, id, records }: Operation & { readonly do: 'send' }): Promise<void> {
    const producer = id === undefined ? this.#plain : await this.#begun(id);
    const transaction = id === undefined ? undefined : this.#open[id];
    for (const [key, value, timestamp] of records) {
      const bytes = value === null ? null : toUtf8(value);
      const name = topics[topic] as string;
      producer.send({ topic: name, partition: 0, key: toUtf8(key), value: bytes, timestamp, headers: [] });
      this.model[topic]?.append({ key, value, timestamp, transaction });
    }
    await producer.flush();
  }

  async #offset({ id, offset }: Operation & { readonly do: 'offset' }): Promise<void> {
    const consumer = new EmbeddedConsumer(this.#log, { clientId: 'c', group: 'g' });
    const offsets = [{ topic: 'plain', partition: 0, offset }];
    if (id === undefined) {
      await consumer.commit(offsets);
      this.#committed = offset;
    } else {
      await (await this.#begun(id)).sendOffsets(offsets, consumer);
      this.#pending[id] = offset;
    }
  }

  async #end(id: number, how: 'commit' | 'abort' | 'fence'): Promise<void> {
    if (how === 'fence') await this.#claim(id);
    else if (this.#open[id] !== undefined) await this.#transactional[id]?.[how]();
    this.#finish(id, how === 'commit' ? 'committed' : 'aborted');
  }

  async #read({ topic, from, max }: Operation & { readonly do: 'read' }): Promise<void> {
    const model = this.model[topic] as ModelPartition;
    const reader = new EmbeddedConsumer(this.#log, { clientId: 'r' });
    const position = { topic: topics[topic] as string, partition: 0, offset: from };
    if (from > model.end) return expect(() => reader.assign([position])).toThrow('beyond the end of the partition');
    reader.assign([position]);
    const records = await reader.poll(max, 0);
    const expected = model.readable('committed', from).slice(0, max);
    expect(records.map(seen)).toEqual(expected.slice(0, records.length).map(written));
    expect(records.length > 0).toBe(expected.length > 0);
  }

  async #claim(id: number): Promise<void> {
    const claim = await this.#log.register(ids[id] as string, 1_000);
    this.#transactional[id] = new EmbeddedProducer(this.#log, claim);
  }

  async #begun(id: number): Promise<EmbeddedProducer> {
    const producer = this.#transactional[id] as EmbeddedProducer;
    if (this.#open[id] === undefined) {
      producer.begin();
      this.#open[id] = { state: 'open' };
    }
    return producer;
  }

  #finish(id: number, state: 'committed' | 'aborted'): void {
    const transaction = this.#open[id];
    if (transaction === undefined) return;
    for (const partition of this.model) partition.finish(transaction);
    transaction.state = state;
    if (state === 'committed' && this.#pending[id] !== undefined) this.#committed = this.#pending[id];
    this.#open[id] = undefined;
    this.#pending[id] = undefined;
  }
}

const seen = ({ offset, key, value, timestamp }: Received) => [
  offset,
  key && fromUtf8(key),
  value && fromUtf8(value),
  timestamp,
];
const written = ({ offset, key, value, timestamp }: ModelRecord) => [offset, key, value, timestamp];

test('the log equals its model after any operations, reopenings and crashes', async () => {
  const scenario = fc.tuple(fc.constantFrom(0, 1_000, 1_000_000), fc.array(operation, { maxLength: 30 }));
  await fc.assert(
    fc.asyncProperty(scenario, async ([memory, operations]) => {
      const pair = new Pair(memory);
      await pair.start();
      for (const one of operations) {
        await pair.apply(one);
        await pair.compare();
      }
    }),
    { numRuns: 200 },
  );
});
