/** Laws of buckets whose server fails. */
import { expect } from '@jest/globals';
import {
  type Bucket,
  type ByteStore,
  FencedError,
  fromUtf8,
  type LostRows,
  messageOf,
  positionWrite,
  rangeOf,
  storePrefix,
  toUtf8,
} from '@kstreams/core/graph';
import { snapshots } from '@kstreams/snapshots';
import { memory } from '@kstreams/stores';
import type { FaultyProxy, HttpFault, NextFault } from './faulty-proxy.js';

/** One law of buckets behind a proxy. */
export interface BucketFaultCheck {
  readonly name: string;
  /** Throws when the law is broken. The clients of the bucket must not repeat requests. */
  run(bucket: Bucket, proxy: FaultyProxy): Promise<void>;
}

const throttled: readonly HttpFault[] = [
  { status: 503, body: '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>' },
  { status: 429, body: '{"error":{"code":429,"message":"rateLimitExceeded"}}' },
  { status: 500, body: '' },
];

/** Makes calls whose requests fail. */
const failing = async <T>(proxy: FaultyProxy, fault: NextFault, calls: () => Promise<T>): Promise<T> => {
  proxy.fault = fault;
  try {
    return await calls();
  } finally {
    proxy.fault = undefined;
  }
};

/** Returns the keys of a prefix. */
const listed = async (bucket: Bucket, prefix: string, signal?: AbortSignal): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix, { signal })) keys.push(key);
  return keys;
};

/** Expects that a call rejects: with a message once its signal aborts, or without that. */
const expectEnd = async (
  proxy: FaultyProxy,
  call: (signal: AbortSignal) => Promise<unknown>,
  message: string | undefined,
): Promise<void> => {
  const controller = new AbortController();
  const responses = proxy.responses + 1;
  const result = call(controller.signal).then(() => 'a result', messageOf);
  while (proxy.responses < responses) await new Promise((resolve) => setImmediate(resolve));
  if (message !== undefined) controller.abort(new Error(message));
  if (message === undefined) expect(await result).not.toBe('a result');
  else expect(await result).toBe(message);
};

const newPrefix = (): string => `faults-${crypto.randomUUID()}/`;

/** Features of a bucket's client. */
export interface BucketFaultOptions {
  /** The end of a call whose response was cut: at once, or with its signal only. */
  readonly cutResponses: 'are rejected' | 'end with the signal';
}

/** Returns the laws. Each writes below a new prefix. */
export const bucketFaultChecks = ({ cutResponses }: BucketFaultOptions): readonly BucketFaultCheck[] => [
  {
    name: 'rejects throttled calls, which succeed when they are repeated',
    run: async (bucket, proxy) => {
      const at = newPrefix();
      await bucket.put(`${at}old`, toUtf8('old'));
      const calls: readonly (() => Promise<unknown>)[] = [
        () => bucket.get(`${at}old`),
        () => bucket.put(`${at}new`, toUtf8('new'), { ifAbsent: true }),
        () => listed(bucket, at),
        () => bucket.delete([`${at}old`]),
      ];
      for (const fault of throttled) {
        await failing(
          proxy,
          () => fault,
          async () => {
            for (const call of calls) await expect(call()).rejects.toThrow();
          },
        );
      }
      expect(await listed(bucket, at)).toEqual([`${at}old`]);
      const results: unknown[] = [];
      for (const call of calls) results.push(await call());
      expect(results).toEqual([toUtf8('old'), true, [`${at}new`, `${at}old`], undefined]);
    },
  },
  {
    name: 'rejects a write whose response is lost; its repetition finds the object',
    run: async (bucket, proxy) => {
      const key = `${newPrefix()}a`;
      const put = () => bucket.put(key, toUtf8('mine'), { ifAbsent: true });
      await failing(
        proxy,
        () => 'lost-response',
        () => expect(put()).rejects.toThrow(),
      );
      expect(await put()).toBe(false);
      expect(fromUtf8((await bucket.get(key)) ?? toUtf8(''))).toBe('mine');
      await failing(
        proxy,
        () => 'lost-response',
        () => expect(bucket.delete([key])).rejects.toThrow(),
      );
      await bucket.delete([key]);
      expect(await bucket.get(key)).toBeUndefined();
      const first = await bucket.replace(key, toUtf8('first'), undefined);
      await failing(
        proxy,
        () => 'lost-response',
        () => expect(bucket.replace(key, toUtf8('second'), first)).rejects.toThrow(),
      );
      expect(await bucket.replace(key, toUtf8('second'), first)).toBeUndefined();
      expect(fromUtf8((await bucket.getVersion(key))?.bytes ?? toUtf8(''))).toBe('second');
    },
  },
  {
    name: 'rejects reads and lists that are cut short',
    run: async (bucket, proxy) => {
      const at = newPrefix();
      const keys = Array.from({ length: 10 }, (_, i) => `${at}${i}`);
      for (const key of keys) await bucket.put(key, new Uint8Array(100_000).fill(7));
      const cut = (call: (signal: AbortSignal) => Promise<unknown>): Promise<void> =>
        expectEnd(proxy, call, cutResponses === 'are rejected' ? undefined : 'too slow');
      await failing(
        proxy,
        () => 'truncated',
        async () => {
          await cut((signal) => bucket.get(keys[0] as string, { signal }));
          await cut((signal) => bucket.get(keys[0] as string, { signal, range: { offset: 10, length: 50_000 } }));
          await cut((signal) => listed(bucket, at, signal));
        },
      );
      expect(await bucket.get(keys[0] as string)).toHaveLength(100_000);
      expect(await listed(bucket, at)).toEqual(keys);
    },
  },
  {
    name: 'ends a call without a response when its signal aborts',
    run: async (bucket, proxy) => {
      const at = newPrefix();
      const ended = (call: (signal: AbortSignal) => Promise<unknown>) => expectEnd(proxy, call, 'too slow');
      await failing(
        proxy,
        () => 'never',
        async () => {
          await ended((signal) => bucket.get(`${at}a`, { signal }));
          await ended((signal) => bucket.put(`${at}a`, toUtf8('a'), { signal }));
          await ended((signal) => bucket.delete([`${at}a`], { signal }));
          await ended((signal) => listed(bucket, at, signal));
        },
      );
    },
  },
  {
    name: 'keeps each commit of a store without a changelog, and none of a former owner, while requests fail now and then',
    run: async (bucket, proxy) => {
      const prefix = newPrefix().slice(0, -1);
      const open = async (): Promise<ByteStore> => {
        const store = await snapshots(memory(), bucket, { prefix }).open('');
        await store.acquire?.({ store: 'kept', partition: 0, signal: new AbortController().signal });
        return store;
      };
      const put = (store: ByteStore, key: number, text: string): Promise<void> =>
        store.commit([[toUtf8(`kept/0/${key}`), toUtf8(text)]]);
      let requests = 0;
      const faults: readonly HttpFault[] = ['lost-response', undefined, throttled[0], undefined, 'lost-response'];
      await failing(
        proxy,
        () => faults[requests++ % 9],
        async () => {
          const first = await open();
          for (let i = 0; i < 5; i++) await put(first, i, 'first');
          const second = await open();
          await expect(put(first, 0, 'late')).rejects.toThrow(FencedError);
          for (let i = 3; i < 7; i++) await put(second, i, 'second');
          await Promise.all([first.close(), second.close()]);
        },
      );
      expect(requests).toBeGreaterThan(15);
      const last = await open();
      const found: string[] = [];
      for await (const [, text] of last.scan(...rangeOf(storePrefix('kept', 0)))) found.push(fromUtf8(text));
      expect(found).toEqual([...Array(3).fill('first'), ...Array(4).fill('second')]);
      await last.close();
    },
  },
  {
    name: 'has one snapshot of two processes at one position, whose requests fail now and then',
    run: async (bucket, proxy) => {
      const prefix = newPrefix().slice(0, -1);
      const rows = Array.from({ length: 2_000 }, (_, i) => [`rows/0/${i}`, `value ${i}`] as const);
      const position = positionWrite('rows', 0, { offset: 2_000, topicId: 'topic', time: 1, marked: false });
      const failures: string[] = [];
      const onFailure = ({ message }: Error): void => void failures.push(message);
      const open = () => snapshots(memory(), bucket, { prefix, onFailure }).open('');
      let requests = 0;
      const faults: readonly HttpFault[] = ['lost-response', undefined, throttled[0], 'lost-response', undefined];
      await failing(
        proxy,
        () => faults[requests++],
        async () => {
          for (let process = 0; process < 3; process++) {
            const store = await open();
            await store.commit([...rows.map(([key, value]) => [toUtf8(key), toUtf8(value)] as const), position]);
            await store.close();
          }
        },
      );
      expect(requests).toBeGreaterThan(faults.length);
      const store = await open();
      const { signal } = new AbortController();
      const lost: LostRows = { store: 'rows', partition: 0, topicId: 'topic', accepts: () => true, signal };
      await store.recover?.(lost);
      const found: string[] = [];
      for await (const [key, value] of store.scan(...rangeOf(storePrefix('rows', 0)))) {
        found.push(`${fromUtf8(key)}=${fromUtf8(value)}`);
      }
      expect(found.sort()).toEqual(rows.map((row) => row.join('=')).sort());
      expect(failures).toEqual([]);
      const manifests = `${prefix}/rows/0/topic/manifest/`;
      expect(await listed(bucket, manifests)).toEqual([`${manifests}0000000000002000`]);
      await store.close();
    },
  },
];
