/** What the compiler accepts and refuses; `npm run types` fails where a refusal is missing. */
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

test('what can write more may write less, and not the other way round', () => {
  const wider: Encoder<Order> = either;
  // @ts-expect-error it can only write orders that are paid
  const narrower: Encoder<Order> = paid;
  expect([wider, narrower]).toEqual([either, paid]);
});

test('what reads more exactly may be taken for what reads less exactly, and not the other way round', () => {
  const narrower: Decoder<Order> = paid;
  // @ts-expect-error it may read a refund
  const wider: Decoder<Order> = either;
  expect([narrower, wider]).toEqual([paid, either]);
});

test('a serde does both, so its type is exact', () => {
  // @ts-expect-error it can only write orders that are paid
  const narrower: Serde<Order> = paid;
  // @ts-expect-error it may read a refund
  const wider: Serde<Order> = either;
  // @ts-expect-error a number is not a text
  const other: Serde<string> = double;
  expect([narrower, wider, other]).toHaveLength(3);
});

test('a topic is as exact as its serdes, a sink takes one that can hold more', () => {
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
  // @ts-expect-error the keys are texts
  stream.to(byNumber);
  expect(wrong).toBe(paidOrders);
});

test('a topic without key has bytes or null for keys', () => {
  const lines = topic('lines', { value: string });
  same<typeof lines, Topic<Bytes | null, string>>(true);
  // @ts-expect-error every topic has a serde for its values
  expect(() => topic('lines', { key: string })).toThrow('the value of topic "lines" has no serde');
});

test('the types of combined serdes follow from their parts', () => {
  const pair = tuple(string, nullable(int32));
  same<typeof pair, Serde<[string, number | null]>>(true);
  const none = tuple();
  same<typeof none, Serde<[]>>(true);
  const maybe = nullable(int64);
  same<typeof maybe, Serde<bigint | null>>(true);
  // @ts-expect-error a number is not a text
  expect(() => pair.encode([1, 1], { topic: 'pairs', headers: [] })).toThrow('element 0');
  // @ts-expect-error the second element is missing
  expect(() => pair.encode(['a'], { topic: 'pairs', headers: [] })).toThrow('expected 2 values');
  // @ts-expect-error a serde is asked for, not a value
  expect(() => tuple('a').encode(['a'], { topic: 'pairs', headers: [] })).toThrow();
  // @ts-expect-error only `nullable` lets null be a value
  expect(() => string.encode(null, { topic: 'texts', headers: [] })).toThrow('not null');
  // @ts-expect-error int64 is for bigints
  expect(() => int64.encode(1, { topic: 'texts', headers: [] })).toThrow('does not fit int64');
  // @ts-expect-error bytes are no text
  expect(() => bytes.encode('a', { topic: 'texts', headers: [] })).toThrow('expected a Uint8Array');
});

test('a schema gives the type of its values', () => {
  const byZod = json(z.object({ total: z.number().positive(), note: z.string().optional() }));
  same<typeof byZod, Serde<{ total: number; note?: string | undefined }>>(true);
  const byValibot = json(v.object({ total: v.number() }));
  same<typeof byValibot, Serde<{ total: number }>>(true);
  const filled = json(z.object({ quantity: z.number().default(1) }));
  same<typeof filled, Serde<{ quantity: number }>>(true);
  const dates = json(z.object({ at: z.coerce.date() }));
  same<typeof dates, Serde<{ at: Date }>>(true);
  // @ts-expect-error a serde of orders is not one of texts
  const wrong: Serde<string> = byZod;
  expect(wrong).toBe(byZod);
});

test('null is no value of a schema’s serde, since only `nullable` lets it be one', () => {
  const maybe = json(z.number().nullable());
  same<typeof maybe, Serde<number>>(true);
  const nulls = nullable(maybe);
  same<typeof nulls, Serde<number | null>>(true);
  expect(nulls.nullable).toBe(true);
});

test('a schema that makes what it does not take is refused: what was read could not be written', () => {
  const lengths = z.string().transform((text) => text.length);
  // @ts-expect-error it makes numbers of texts and takes no numbers
  const serde = json(lengths);
  expect(() => serde.encode(3 as never, { topic: 'lengths', headers: [] })).toThrow();
});

test('any schema of the standard is one of ours', () => {
  const accept = (schema: StandardSchemaV1<Order, Order>): StandardSchema<Order> => schema;
  const serde = json(accept(z.object({ id: z.string() })));
  same<typeof serde, Serde<Order>>(true);
  // @ts-expect-error an encoder alone is no schema
  expect(() => json(string as Encoder<string>).encode('a', { topic: 'texts', headers: [] })).toThrow();
});
