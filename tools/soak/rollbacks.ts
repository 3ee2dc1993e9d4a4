/** An exactly-once application whose commits fail, again and again. */
import { override } from '@kstreams/test-support/override';
import { memory, start, streams, string, type Transport, topic } from 'kstreams';
import { type Producer, TransportError, toUtf8 } from 'kstreams/authors';
import type { Work } from './soak.js';

/** Every tenth transaction cannot be aborted either: the worker leaves the group and joins again with new clients. */
const fencedEvery = 10;

/** Fails the next commit of a producer, and then perhaps the abort. */
class Fault {
  #commit = false;
  #abort = false;

  arm(alsoAbort: boolean): void {
    this.#commit = true;
    this.#abort = alsoAbort;
  }

  /** Returns the producer with its fault. */
  in(producer: Producer): Producer {
    const refuse = (): never => {
      throw new TransportError('refused by the soak', {}, undefined, true);
    };
    return override(producer, {
      commit: async () => {
        if (!this.#commit) return producer.commit();
        this.#commit = false;
        refuse();
      },
      abort: async () => {
        await producer.abort();
        if (!this.#abort) return;
        this.#abort = false;
        refuse();
      },
    });
  }
}

/** Starts the application and returns rounds of one failed and one successful commit each; `close` ends it. */
export const rollbacks = async (
  log: Transport,
  name: string,
  rounds: number,
): Promise<Work & { readonly close: () => Promise<void> }> => {
  const fault = new Fault();
  const input = topic(`${name}-in`, { key: string, value: string });
  const output = topic(`${name}-out`, { key: string, value: string });
  const admin = await log.admin();
  await admin.create([input, output].map((one) => ({ name: one.name, partitions: 1, config: {} })));
  await admin.close();
  const app = streams(name);
  app
    .stream(input)
    .groupByKey()
    .reduce((_, value) => value, { name: 'last' })
    .toStream()
    .to(output);
  const failing = override(log, { producer: async (options) => fault.in(await log.producer(options)) });
  const running = await start(app, {
    transport: failing,
    guarantee: 'exactly-once',
    state: memory(),
    commitInterval: '20ms',
  });
  let failed = false;
  let recovered = (): void => {};
  running.events$.subscribe(({ kind }) => {
    if (kind === 'rolled-back' || kind === 'fenced') failed = true;
    if (kind === 'committed' && failed) recovered();
  });
  await running.running();
  const producer = await log.producer({ clientId: `${name}-input` });
  const send = (value: string): Promise<void> => {
    producer.send({
      topic: input.name,
      partition: 0,
      key: toUtf8('key'),
      value: toUtf8(value),
      timestamp: Date.now(),
      headers: [],
    });
    return producer.flush();
  };
  let round = 0;
  return {
    name: 'a commit rolled back',
    rounds,
    limits: { heap: 10_000, process: 100_000 },
    round: async () => {
      failed = false;
      const done = new Promise<void>((resolve) => {
        recovered = resolve;
      });
      fault.arm(++round % fencedEvery === 0);
      await send(`round ${round}`);
      await done;
    },
    close: async () => {
      await producer.close();
      await running.close();
    },
  };
};
