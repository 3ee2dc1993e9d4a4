import { int32, memory, start, streams, type Transport, topic } from 'kstreams';
import type { CallOrder } from 'kstreams/authors';
import { withRecords } from './with-records.js';
import { concurrency, records, work } from './work.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** One row of the table: an order and a number of keys. */
export interface Case {
  readonly order: CallOrder;
  readonly keys: number;
}

/** Processes the records of a case. Returns the time from the first call to the last commit, in ms. */
export const runOn = (transport: Transport, name: string, { keys, order }: Case): Promise<number> =>
  withRecords(transport, name, keys, async () => {
    const chain = streams(`${name}-app`);
    let begun = 0;
    let left = records;
    let finished = (): void => {};
    const done = new Promise<void>((resolve) => {
      finished = resolve;
    });
    chain
      .stream(topic(name, { key: int32, value: int32 }))
      .mapAsync(
        (index) => {
          if (begun === 0) begun = performance.now();
          return work(index).then(() => index);
        },
        { concurrency, order, value: int32 },
      )
      .forEach(() => {
        if (--left === 0) finished();
      });
    const app = await start(chain, { transport, state: memory(), folder: `.kstreams/${name}`, logger: quiet });
    await done;
    await app.close();
    return performance.now() - begun;
  });
