import { test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import { compiled } from '@kstreams/test-support/type-of';
import { type Context, record, streams, type Timers, timers, topic, type ValueContext } from '../index.js';

/** The types of timers; `npm run types` checks them, each refusal by the error that it expects. */
const orders = streams('app').stream(topic('orders', { key: string, value: double }));
const plain = timers('plain', { key: string });
const carrying = timers('carrying', { key: string, value: double, clock: 'wall' });

test('timers are of the types of their keys and values', () => {
  compiled(() => {
    orders.process((context: Context<string, number>) => {
      const timer: Timers<string> = context.timers(plain, (key, at) => context.forward(record(key, at, at)));
      const amounts = context.timers(carrying, (key, at, amount) => context.forward(record(key, amount, at)));
      const shared = context.store(carrying);
      return ({ key }) => {
        timer.set(key, 5);
        amounts.set(key, 5, 1.5);
        const amount: number | undefined = shared.get(key)?.value;
        // @ts-expect-error its keys are strings
        timer.set(7, 5);
        // @ts-expect-error it carries a value
        amounts.set(key, 5);
        // @ts-expect-error it carries none
        timer.set(key, 5, 1.5);
        return amount;
      };
    });
    orders.processValues((context: ValueContext<number, string>) => {
      context.timers(carrying, (_key, _at, amount) => context.forward(amount));
      // @ts-expect-error the stream's keys are strings
      context.timers(timers('other', { key: double }), () => {});
      return () => {};
    });
    // @ts-expect-error there is no such clock
    timers('no', { key: string, clock: 'event' });
    // @ts-expect-error keys have to be written
    timers('no', { value: double });
  });
});
