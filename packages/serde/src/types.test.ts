/** Accepted and refused types; `npm run types` fails for a missing refusal. */
import { expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type Bytes, type Decoder, type Encoder, type Serde, type Topic, topic } from '@kstreams/core/graph';
import { same } from '@kstreams/test-support/type-of';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as v from 'valibot';
import { z } from 'zod';
import { bytes, double, int32, int64, json, nullable, type StandardSchema, string, tuple } from './index.js';

interface Order {
  readonly id: string;
}
interface PaidOrder extends Order {
  readonly paid: number;
}
interface Refund {
  readonly refund: string;
}

const order = json<Order>();
const paid = json<PaidOrder>();
const either = json<Order | Refund>();

test('an encoder of a wider type is an encoder of a narrower one', () => {
  const wider: Encoder<Order> = either;
  // @ts-expect-error it encodes only paid orders
  const narrower: Encoder<Order> = paid;
  expect([wider, narrower]).toEqual([either, paid]);
});

test('a decoder of a narrower type is a decoder of a wider one', () => {
  const narrower: Decoder<Order> = paid;
  // @ts-expect-error it may decode a refund
  const wider: Decoder<Order> = either;
  expect([narrower, wider]).toEqual([paid, either]);
});

test('the type of a serde is exact', () => {
  // @ts-expect-error it encodes only paid orders
  const narrower: Serde<Order> = paid;
  // @ts-expect-error it may decode a refund
  const wider: Serde<Order> = either;
  // @ts-expect-error a number is not a string
  const other: Serde<string> = double;
  expect([narrower, wider, other]).toHaveLength(3);
});

test('the types of a topic are exact; a sink accepts a topic of wider types', () => {
  const orders: Topic<string, Order> = topic('orders', { key: string, value: order });
  const paidOrders = topic('paid', { key: string, value: paid });
  const events = topic('events', { key: string, value: either });
  const byNumber = topic('by-number', { key: int32, value: order });
  // @ts-expect-error a topic of paid orders is not one of orders
  const wrong: Topic<string, Order> = paidOrders;
  const stream = streams('shop').stream(orders);
  stream.to(events);
  // @ts-expect-error an order may be unpaid
  stream.to(paidOrders);
  // @ts-expect-error the keys are strings
  stream.to(byNumber);
  expect(wrong).toBe(paidOrders);
});

test('keys of a topic without a key serde are bytes or null', () => {
  const lines = topic('lines', { value: string });
  same<typeof lines, Topic<Bytes | null, string>>(true);
  // @ts-expect-error a topic needs a value serde
  expect(() => topic('lines', { key: string })).toThrow('option "value" of topic "lines" is missing');
});

test('the types of combined serdes are inferred', () => {
  const pair = tuple(string, nullable(int32));
  same<typeof pair, Serde<[string, number | null]>>(true);
  const none = tuple();
  same<typeof none, Serde<[]>>(true);
  const maybe = nullable(int64);
  same<typeof maybe, Serde<bigint | null>>(true);
  // @ts-expect-error a number is not a string
  expect(() => pair.encode([1, 1], { topic: 'pairs', headers: [] })).toThrow('element 0');
  // @ts-expect-error the second element is missing
  expect(() => pair.encode(['a'], { topic: 'pairs', headers: [] })).toThrow('expected 2 values');
  // @ts-expect-error a string is no serde
  expect(() => tuple('a').encode(['a'], { topic: 'pairs', headers: [] })).toThrow();
  // @ts-expect-error null needs `nullable`
  expect(() => string.encode(null, { topic: 'texts', headers: [] })).toThrow('not null');
  // @ts-expect-error int64 is for bigints
  expect(() => int64.encode(1, { topic: 'texts', headers: [] })).toThrow('int64 takes bigints');
  // @ts-expect-error a string is no Uint8Array
  expect(() => bytes.encode('a', { topic: 'texts', headers: [] })).toThrow('expected a Uint8Array');
});

test('the value type is inferred from a schema', () => {
  const byZod = json(z.object({ total: z.number().positive(), note: z.string().optional() }));
  same<typeof byZod, Serde<{ total: number; note?: string | undefined }>>(true);
  const byValibot = json(v.object({ total: v.number() }));
  same<typeof byValibot, Serde<{ total: number }>>(true);
  const filled = json(z.object({ quantity: z.number().default(1) }));
  same<typeof filled, Serde<{ quantity: number }>>(true);
  const dates = json(z.object({ at: z.coerce.date() }));
  same<typeof dates, Serde<{ at: Date }>>(true);
  // @ts-expect-error a serde of orders is no serde of strings
  const wrong: Serde<string> = byZod;
  expect(wrong).toBe(byZod);
});

test('null is removed from the values of a schema; `nullable` adds it', () => {
  const maybe = json(z.number().nullable());
  same<typeof maybe, Serde<number>>(true);
  const nulls = nullable(maybe);
  same<typeof nulls, Serde<number | null>>(true);
  expect(nulls.nullable).toBe(true);
});

test('a schema that refuses its own output is a type error: decoded values could not be encoded', () => {
  const lengths = z.string().transform((text) => text.length);
  // @ts-expect-error it returns numbers and accepts strings only
  const serde = json(lengths);
  expect(() => serde.encode(3 as never, { topic: 'lengths', headers: [] })).toThrow();
});

test('every Standard Schema is accepted', () => {
  const accept = (schema: StandardSchemaV1<Order, Order>): StandardSchema<Order> => schema;
  const serde = json(accept(z.object({ id: z.string() })));
  same<typeof serde, Serde<Order>>(true);
  // @ts-expect-error an encoder is no schema
  expect(() => json(string as Encoder<string>).encode('a', { topic: 'texts', headers: [] })).toThrow();
});
