/**
 * Sends dead letters back to the topic that they were read from, at most three times each. Letters that fail again after that go to a
 * topic for people. Start it once the cause is mended, and stop it when its lag is 0.
 */
import { bytes, headerOf, streams, topic, withHeader } from 'kstreams';
import { fromUtf8 } from 'kstreams/authors';

export const letters = topic('dead-letters', { value: bytes });
export const parked = topic('parked-letters', { value: bytes });

const attempts = 'replay-attempts';
const mostAttempts = 3;

const textOf = (headers: Parameters<typeof headerOf>[0], name: string): string => {
  const value = headerOf(headers, name);
  return value === null || value === undefined ? '' : fromUtf8(value);
};

export const app = streams('replay');

// A dead letter has the key, value and headers of its record, and the topic that it was read from as a header.
app
  .stream(letters)
  .setHeaders((headers) => withHeader(headers, attempts, String(Number(textOf(headers, attempts)) + 1)))
  .to({
    key: letters.key,
    value: letters.value,
    choose: ({ headers }) =>
      Number(textOf(headers, attempts)) > mostAttempts ? parked.name : textOf(headers, '__streams.errors.topic'),
  });
