import { expect, test } from '@jest/globals';
import { ClientProblems } from './client-problems.js';

const line = (words: string): string =>
  `[thrd:sasl_plaintext://10.0.0.7:9092/bootstrap]: sasl_plaintext://10.0.0.7:9092/bootstrap: ${words} (after 301ms in state AUTH_REQ, 1 identical error(s) suppressed)`;

const errorFor = (...words: readonly string[]) => {
  const problems = new ClientProblems();
  for (const one of words) problems.note(line(one));
  return problems.connectError('10.0.0.7:9092', undefined);
};

test.each([
  ['SASL authentication error: Authentication failed: Invalid username or password', /sasl\.password/, false],
  [
    "SASL SCRAM-SHA-512 mechanism handshake failed: Broker: Unsupported SASL mechanism: broker's supported mechanisms: PLAIN",
    /sasl\.mechanism/,
    false,
  ],
  [
    'SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could not be verified',
    /ssl\.ca\.location/,
    false,
  ],
  [
    'SSL handshake failed: Disconnected: SSL connection closed by peer: connecting to a PLAINTEXT broker listener?',
    /security\.protocol/,
    true,
  ],
  ['Disconnected: connection closed by peer: receive 0 after POLLIN', /security\.protocol/, true],
  ["Failed to resolve 'kafka:9092': Name or service not known", /host names/, true],
  ['Connect to ipv4#10.0.0.7:9092 failed: Connection refused', /that a broker runs/, true],
])('a connection that fails says so in the words of the client: %s', (words, mend, retriable) => {
  const error = errorFor(words);
  const said = words.replace('Disconnected: connection', 'connection');
  expect(error.message).toContain(`cannot connect to the Kafka brokers at 10.0.0.7:9092: ${said}: `);
  expect(error.message).toMatch(mend);
  expect(error.retriable).toBe(retriable);
});

test('without a word of the client an error says how to look', () => {
  expect(errorFor().message).toBe(
    'cannot connect to the Kafka brokers at 10.0.0.7:9092: no response: check the addresses and that a broker runs',
  );
});

test('lines about anything else are no problem of the connection', () => {
  expect(errorFor('SASL authentication error: no', 'Leadership changed').message).toMatch(
    /SASL authentication error: no/,
  );
});

test('the first fatal error stays the reason', () => {
  const problems = new ClientProblems();
  expect(problems.fatal).toBeUndefined();
  problems.note('[thrd:main]: Fatal error: Broker: fenced: OffsetCommit failed');
  problems.note('[thrd:main]: Fatal error: a later one');
  expect(problems.fatal).toBe('Broker: fenced: OffsetCommit failed');
});
