/** Drops repeated orders, which a producer sends again after a lost response, and forwards the last state of a burst of changes. */
import { debounce, dedupe } from '@kstreams/steps';
import { json, streams, string, topic } from 'kstreams';

interface Change {
  readonly id: string;
  readonly state: string;
}

const changes = topic('order-changes', { key: string, value: json<Change>() });
export const unique = topic('unique-changes', { key: string, value: json<Change>() });
export const settled = topic('settled-orders', { key: string, value: json<Change>() });

export const app = streams('changes');

const once = app
  .stream(changes)
  .via(dedupe({ name: 'change-ids', key: string, by: (change) => change.id, within: '1h' }));

once.to(unique);
once.via(debounce({ name: 'last-changes', key: string, value: changes.value, wait: '30s' })).to(settled);

const second = 1_000;
export const sample = [
  [changes, 'o1', { id: 'c1', state: 'ordered' }, 0],
  [changes, 'o1', { id: 'c1', state: 'ordered' }, 5 * second], // sent again
  [changes, 'o1', { id: 'c2', state: 'paid' }, 10 * second],
  [changes, 'o2', { id: 'c3', state: 'ordered' }, 20 * second],
  [changes, 'o1', { id: 'c4', state: 'packed' }, 30 * second],
  [changes, 'o3', { id: 'c5', state: 'ordered' }, 60 * second],
] as const;
export const output = [unique, settled];
