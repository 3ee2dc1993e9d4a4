import { string } from '@kstreams/serde';
import { rollbackLaw, testStoreLaws } from '@kstreams/test-support/store-laws';
import fc from 'fast-check';
import { type Side, type UnmatchedStore, unmatched } from './unmatched.js';

type Waiting = { timestamp: number; side: Side; key: string; values: string[] };
type WaitingCall = readonly ['add' | 'remove' | 'list' | 'tick', at: number, side: Side, key: string];

testStoreLaws<
  UnmatchedStore<string, string, string>,
  { list: Waiting[]; observed: number; oldest: number; closed: number },
  WaitingCall
>('unmatched', {
  spec: unmatched('waiting', { key: string, left: string, right: string, named: true }),
  empty: { list: [], observed: -1, oldest: Number.POSITIVE_INFINITY, closed: Number.NEGATIVE_INFINITY },
  calls: fc.tuple(
    fc.constantFrom('add', 'add', 'remove', 'list', 'tick'),
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('left', 'right'),
    fc.constantFrom('a', 'b'),
  ),
  seen: [['list', 0, 'left', '']],
  act: (store, [call, at, side, key]) => {
    if (call === 'add') return store.add(at, side, key, side);
    if (call === 'remove') return store.remove(at, side, key);
    if (call === 'tick') return store.setClocks(side === 'left' ? { observed: at, oldest: at } : { closed: at });
    const list = [...store.inOrder()].map(({ timestamp, values, ...one }) => ({ ...one, timestamp, values }));
    const earliest = [store.earliest('left'), store.earliest('right')];
    return [list.map(({ timestamp, side, key, values }) => ({ timestamp, side, key, values })), earliest, store.clocks];
  },
  model: (model, [call, at, side, key]) => {
    const found = model.list.find((one) => one.timestamp === at && one.side === side && one.key === key);
    if (call === 'list') {
      const list = [...model.list].sort(
        (a, b) =>
          a.timestamp - b.timestamp || (a.side === b.side ? (a.key < b.key ? -1 : 1) : a.side === 'right' ? -1 : 1),
      );
      const { closed, observed, oldest } = model;
      const earliest = (['left', 'right'] as const).map((wanted) =>
        Math.min(...list.filter((one) => one.side === wanted).map(({ timestamp }) => timestamp)),
      );
      return [list, earliest, { observed, oldest, closed }];
    }
    if (call === 'tick') Object.assign(model, side === 'left' ? { observed: at, oldest: at } : { closed: at });
    else if (call === 'remove') model.list = model.list.filter((one) => one !== found);
    else if (found === undefined) model.list.push({ timestamp: at, side, key, values: [side] });
    else found.values.push(side);
    return undefined;
  },
});

rollbackLaw('unmatched', unmatched('rows', { key: string, left: string, right: string, named: true }), (store) => {
  store.setClocks({ observed: 5, oldest: 5 });
  store.add(5, 'left', 'a', '1');
});
