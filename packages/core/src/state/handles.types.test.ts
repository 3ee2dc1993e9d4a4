import { test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import { compiled } from '@kstreams/test-support/type-of';
import type { Context } from '../graph/index.js';
import { keyValue, timers, versioned } from './index.js';

/** The handles of stores, checked by `npm run types`: processors see no method that only the runtime uses. */
const totals = keyValue('totals', { key: string, value: double });
const sorted = keyValue('sorted', { key: string, value: double, ordered: true });
const prices = versioned('prices', { key: string, value: double, history: 1_000 });
const reminders = timers('reminders', { key: string });
declare const context: Context<string, number>;

test('a handle has the methods of its store and no others', () => {
  compiled(() => {
    const store = context.store(totals);
    const total: number | undefined = store.get('a');
    store.put('a', 1, 0);
    // @ts-expect-error keys are strings
    store.get(7);
    // @ts-expect-error a put needs the timestamp of its update
    store.put('a', 1);
    // @ts-expect-error only the runtime flushes
    store.flush(() => {});
    // @ts-expect-error only the runtime marks rows committed
    store.markCommitted();
    // @ts-expect-error only readers see uncommitted rows
    store.unmarkCommitted();
    // @ts-expect-error rows can be read by range only when they are ordered
    store.range('a', 'b');
    const first = [...context.store(sorted).range('a', undefined)][0]?.[1].value.toFixed();
    // @ts-expect-error only the runtime loads
    context.store(sorted).load([]);
    const old = context.store(prices).asOf('a', 5)?.value.toFixed();
    // @ts-expect-error only the runtime restores
    context.store(prices).restoreRecord(new Uint8Array(), null, 0);
    context.timers(reminders, () => {}).cancel('a');
    // @ts-expect-error only the runtime reads the next timer
    context.store(reminders).next('');
    // @ts-expect-error only the runtime flushes
    context.store(reminders).flush(() => {});
    return [total, first, old];
  });
});
