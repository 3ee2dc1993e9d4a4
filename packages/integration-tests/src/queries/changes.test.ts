/** Subscriptions to the changes of a store, in one process and in several. */

import { afterEach, expect, test } from '@jest/globals';
import { queryClient, type SubscriptionEvent } from '@kstreams/query/client';
import { readTopic } from '@kstreams/test-support/read-topic';
import fc from 'fast-check';
import { type Queried, QueriedApps } from './queried-app.js';

const opened: QueriedApps[] = [];
afterEach(async () => {
  for (const apps of opened.splice(0)) await apps.close();
});

const open = async (partitions: number): Promise<QueriedApps> => {
  const apps = await QueriedApps.open(partitions);
  opened.push(apps);
  return apps;
};

type Event = SubscriptionEvent<string, number>;
type Content = ReadonlyMap<string, number>;

/** Applies the events of a subscription, and keeps the content of each partition at each of its positions. */
class Follower {
  readonly contents = new Map<number, { readonly position: string; readonly content: Content }[]>();
  readonly #rows = new Map<number, Map<string, number>>();
  readonly #abort = new AbortController();
  position: string | undefined;
  resets = 0;
  readonly ended: Promise<void>;

  constructor({ url, balances }: Queried, after?: string, before?: Follower) {
    if (before !== undefined) for (const [partition, rows] of before.#rows) this.#rows.set(partition, new Map(rows));
    const options = { signal: this.#abort.signal, ...(after !== undefined && { after }) };
    this.ended = this.#follow(queryClient(url).view(balances).subscribe(options));
  }

  get content(): Content {
    return new Map([...this.#rows.values()].flatMap((rows) => [...rows]));
  }

  /** Ends the subscription. */
  close(): Promise<void> {
    this.#abort.abort();
    return this.ended;
  }

  async #follow(events: AsyncIterable<Event>): Promise<void> {
    for await (const event of events) {
      if (event.kind === 'begin') continue;
      const rows = this.#rows.get(event.partition) ?? new Map<string, number>();
      this.#rows.set(event.partition, rows);
      if (event.kind === 'reset') {
        rows.clear();
        this.resets++;
      }
      if (event.kind === 'rows' || event.kind === 'changes')
        for (const { key, row } of event.changes) {
          if (row === undefined) rows.delete(key);
          else rows.set(key, row.value);
        }
      if (event.kind === 'complete' || event.kind === 'changes') {
        this.position = event.position;
        const known = this.contents.get(event.partition) ?? [];
        known.push({ position: event.position, content: new Map(rows) });
        this.contents.set(event.partition, known);
      }
    }
  }
}

/** Returns the content of each partition after each record of the changelog. */
const historyOf = async ({ log }: QueriedApps): Promise<Map<number, Content[]>> => {
  const history = new Map<number, Content[]>();
  for (const { key, partition, value } of await readTopic(log, 'bank-balances-changelog')) {
    const contents = history.get(partition) ?? [new Map()];
    const next = new Map(contents.at(-1));
    if (value === null) next.delete(text(key));
    else next.set(text(key), Number(text(value)));
    history.set(partition, [...contents, next]);
  }
  return history;
};

const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? undefined);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await turn();
};

const sums = (amounts: readonly (readonly [string, number])[]): Map<string, number> => {
  const all = new Map<string, number>();
  for (const [key, amount] of amounts) all.set(key, (all.get(key) ?? 0) + amount);
  return all;
};

const isSame = (a: Content, b: Content): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

/** Expects that the contents at the positions of a follower are states of the table, in their order. */
const expectStates = async (apps: QueriedApps, follower: Follower): Promise<void> => {
  const history = await historyOf(apps);
  for (const [partition, contents] of follower.contents) {
    const states = history.get(partition) ?? [new Map()];
    let at = 0;
    for (const { content } of contents) {
      const found = states.findIndex((state, index) => index >= at && isSame(state, content));
      expect(found).not.toBe(-1);
      at = found;
    }
  }
};

const amount = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 1, max: 9 }));

test('a snapshot and the changes after it are the table at every position, whenever one subscribes', async () => {
  const apps = await open(2);
  const one = await apps.begin({ commitInterval: 1 });
  await one.running.running();
  const sent: [string, number][] = [];
  const followers: Follower[] = [];
  const batches = fc.array(fc.array(amount, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(batches, async (amounts) => {
      for (const batch of amounts) {
        const sending = apps.send(...batch);
        sent.push(...batch);
        followers.push(new Follower(one));
        await sending;
      }
    }),
    { numRuns: 5 },
  );
  const expected = sums(sent);
  await until(() => followers.every(({ content }) => isSame(content, expected)));
  for (const follower of followers) {
    await follower.close();
    await expectStates(apps, follower);
  }
});

test('a subscription continues after a position without a snapshot, and begins again after one that is gone', async () => {
  const apps = await open(2);
  const one = await apps.begin();
  await one.running.running();
  await apps.send(['a', 1], ['b', 2], ['c', 3]);
  const first = new Follower(one);
  await until(() => first.content.size === 3);
  await first.close();
  await apps.send(['a', 10], ['d', 4]);
  const second = new Follower(one, first.position, first);
  await until(() =>
    isSame(
      second.content,
      new Map([
        ['a', 11],
        ['b', 2],
        ['c', 3],
        ['d', 4],
      ]),
    ),
  );
  expect(second.resets).toBe(0);
  await second.close();
  const third = new Follower(one, '0=another.1,1=another.2', second);
  await until(() => third.resets === 2 && isSame(third.content, second.content));
  await third.close();
});

test('no proxy buffers the events, and a subscription beyond the limit is refused until another one ends', async () => {
  const apps = await open(1);
  const { running, url } = await apps.begin({}, { limits: { subscriptions: 1 } });
  await running.running();
  const subscribe = (signal?: AbortSignal) =>
    fetch(`${url}/stores/balances/changes`, signal === undefined ? {} : { signal });
  const first = new AbortController();
  const { headers } = await subscribe(first.signal);
  expect(['content-type', 'cache-control', 'x-accel-buffering'].map((name) => headers.get(name))).toEqual([
    'text/event-stream',
    'no-store',
    'no',
  ]);
  const refused = await subscribe();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await refused.json()).toMatchObject({ type: 'urn:kstreams:problem:too-many-queries' });
  first.abort();
  let next = await subscribe();
  while (next.status === 429) next = await subscribe();
  expect(next.status).toBe(200);
  await next.body?.cancel();
});

test('a copy follows the table through every process, also when an owner is killed', async () => {
  const apps = await open(4);
  const [one, , last] = [await apps.begin(), await apps.begin(), await apps.begin()] as const;
  await apps.placed(...apps.processes);
  const amounts = Array.from({ length: 20 }, (_, i): [string, number] => [`k${i % 8}`, i]);
  await apps.send(...amounts);
  const copies = [one, last].map(({ balances }, at) =>
    queryClient([apps.processes[2 - at]?.url ?? '', one.url])
      .view(balances)
      .live(),
  );
  const contentOf = (at: number): Content => new Map([...(copies[at] ?? [])].map(([key, { value }]) => [key, value]));
  const changed: string[] = [];
  for (const [at, copy] of copies.entries()) {
    await copy.ready;
    expect(contentOf(at)).toEqual(sums(amounts));
    expect(copy.get('k1')).toBe(sums(amounts).get('k1'));
    copy.changes$.subscribe(({ key }) => changed.push(key));
  }
  apps.processes.splice(2);
  const closing = last.running.close();
  await apps.send(['k1', 100], ['k9', 1]);
  await closing;
  const expected = sums([...amounts, ['k1', 100], ['k9', 1]]);
  await until(() => copies.every((_, at) => isSame(contentOf(at), expected)));
  expect([...new Set(changed)].sort()).toEqual(['k1', 'k9']);
  for (const copy of copies) copy.close();
});

test('rows that expire are deleted in the copy, and in the changes of views', async () => {
  const apps = await open(1);
  const one = await apps.begin();
  await one.running.running();
  const live = queryClient(one.url).view(one.perMinute).live();
  const seen = new Set<string>();
  one.running.view(one.perMinute).changes$.subscribe(({ key, row }) => {
    if (row === undefined) seen.delete(String(key.start));
    else seen.add(String(key.start));
  });
  await live.ready;
  apps.step = 3_600_000;
  for (let day = 0; day < 3; day++) await apps.send(...Array.from({ length: 24 }, (): [string, number] => ['a', 1]));
  const view = one.running.view(one.perMinute, { isolation: 'committed' });
  let held: string[] = [];
  while (held.length === 0 || held.length !== live.size || held.length !== seen.size) {
    held = [];
    await turn();
    for await (const [{ start }] of view.all()) held.push(String(start));
  }
  expect(held.length).toBeLessThan(72);
  expect([...live].map(([{ start }]) => String(start)).sort()).toEqual([...held].sort());
  expect([...seen].sort()).toEqual([...held].sort());
  live.close();
});
