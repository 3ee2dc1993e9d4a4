/** The types of headers, prints, merges and connected processors; `npm run types` checks each refusal by its error. */
import { test } from '@jest/globals';
import { double, json, string } from '@kstreams/serde';
import { compiled, typeOf } from '@kstreams/test-support/type-of';
import {
  type Connected,
  headers,
  type Intercept,
  type Observer,
  type Processor,
  type Stream,
  streams,
  timestamps,
  topic,
} from '../index.js';

const app = streams('app');
const numbers = app.stream(topic('numbers', { key: string, value: double }), { timestamp: timestamps.partitionTime });
const words = app.stream(topic('words', { key: string, value: string }));
const flags = app.stream(topic('flags', { key: string, value: json<boolean>() }));
const byNumber = app.stream(topic('by-number', { key: double, value: string }));

test('steps have the types of their outputs', () => {
  typeOf(numbers.merge(words)).is<Stream<string, number | string>>(true);
  typeOf(numbers.merge([words, flags])).is<Stream<string, number | string | boolean>>(true);
  typeOf(numbers.setHeaders((now) => [...now, ...headers({ a: 'b' })])).is<Stream<string, number>>(true);
  typeOf(numbers.print({ label: 'numbers' })).is<void>(true);
  const halve: Connected<Processor<string, number, string, string>> = { stores: [], processor: () => () => {} };
  typeOf(numbers.process(halve)).is<Stream<string, string>>(true);
  compiled(() => {
    // @ts-expect-error keys of another type
    numbers.merge(byNumber);
    // @ts-expect-error one of them has keys of another type
    numbers.merge([words, byNumber]);
    // @ts-expect-error headers are pairs of names and bytes
    numbers.setHeaders(() => ({ a: 'b' }));
    // @ts-expect-error a format gives a text
    numbers.print({ format: (value) => value });
    // @ts-expect-error the processor takes numbers
    words.process(halve);
    // @ts-expect-error keys are kept or not promised
    numbers.map((value, key) => [key, value], { partitioned: 'changed' });
    // @ts-expect-error names are required or not
    streams('other', { names: 'optional' });
  });
});

test('observers and interceptors receive records of unknown types', () => {
  const observer: Observer = {
    forwarded: ({ from, to, task }, { value }) => {
      typeOf(value).is<unknown>(true);
      return `${task.id} ${from} ${to}`;
    },
  };
  const intercept: Intercept = ({ id }) =>
    id === 'a' ? { before: ({ key }) => typeOf(key).is<unknown>(true) } : undefined;
  compiled(() => {
    // @ts-expect-error there is no such event
    const other: Observer = { handled: () => {} };
    // @ts-expect-error nothing is done instead of a node
    const instead: Intercept = () => ({ instead: () => {} });
    return [observer, intercept, other, instead];
  });
});
