import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import { kafkaJs } from '../index.js';
import { connectErrorOf } from './connect-error.js';
import { RequestError, requestErrorOf } from './failures.js';
import { checkSettings } from './settings.js';

const brokers = 'localhost:9092';

describe('settings are refused before a client connects', () => {
  test.each([
    ['no broker', { brokers: [] }, 'at least one broker'],
    ['a setting of librdkafka', { brokers, client: {} }, 'has no option "client"'],
    ['one among those of consumers', { brokers, consumer: { 'fetch.min.bytes': 1 } }, 'no option "consumer.fetch.min'],
    ['a misspelt one', { brokers, producer: { linge: 5 } }, 'write "producer.linger"'],
    ['a password that is missing', { brokers, sasl: { mechanism: 'PLAIN', username: 'a' } }, 'needs `sasl.password`'],
    ['a token that is missing', { brokers, sasl: { mechanism: 'OAUTHBEARER' } }, 'needs `sasl.token`'],
    ['a mechanism without a library', { brokers, sasl: { mechanism: 'GSSAPI' } }, "use 'PLAIN'"],
  ])('%s', (_, options, message) => {
    const open = () => kafkaJs(options as never);
    if (message.startsWith('use')) expect(open).toThrow(ConfigError);
    else expect(open).toThrow(message);
  });

  test('zstd, on a Node without it', () => {
    const settings = { brokers, producer: { compression: 'zstd' as const } };
    expect(() => checkSettings(settings, false)).toThrow('use Node 22.15 or newer');
    expect(() => checkSettings(settings, true)).not.toThrow();
  });
});

test.each([
  ['SASL authentication failed', 'set `sasl.username`', false],
  ['The broker does not support the requested SASL mechanism', 'set `sasl.mechanism`', false],
  ['self-signed certificate in certificate chain', 'set `tls.ca`', false],
  ['connect ECONNREFUSED 127.0.0.1:1', 'check the addresses', true],
  ['getaddrinfo ENOTFOUND nowhere', 'check the host names', true],
  ['Connection closed', 'set `tls` and `sasl`', true],
])('the error of a client that cannot connect, for "%s", says what to do', (words, mend, retriable) => {
  const error = connectErrorOf(brokers, new Error('Connection to a failed.', { cause: new Error(words) }));
  expect(error.message).toContain(
    `cannot connect to the Kafka brokers at ${brokers}: Connection to a failed: ${words}`,
  );
  expect(error.message).toContain(mend);
  expect(error.retriable).toBe(retriable);
});

test('a request without a response has a code, by which it is retried', () => {
  expect(requestErrorOf(new Error('socket hang up')).code).toBe(-195);
  const refused = new RequestError(29);
  expect(requestErrorOf(refused)).toBe(refused);
  expect(new RequestError(3).message).toBe('This server does not host this topic-partition');
});
