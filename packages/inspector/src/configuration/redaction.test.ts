import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSecretName, redact, redacted } from './redaction.js';

test.each([
  'password',
  'ssl.key.password',
  'sasl.jaas.config',
  'accessKey',
  'secretAccessKey',
  'token',
  'Authorization',
  'set-cookie',
  'apiKey',
  'api_key',
  'ssl.keystore.location',
  'private-key',
])('%p is the name of a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each(['key', 'endpoint', 'commitInterval', 'workers', 'message-id', 'stateFolder', 'deadLetters'])(
  '%p is no name of a secret',
  (name) => {
    expect(isSecretName(name)).toBe(false);
  },
);

class Backend {
  readonly hidden = 'a-secret';
}

test('data is shown, secrets and the members of other objects are not', () => {
  const options = {
    commitInterval: '5s',
    deadLetters: ['dead'],
    endpoint: 'http://ann:a-secret@10.0.0.7:7070/path',
    client: { 'sasl.username': 'ann', 'sasl.password': 'a-secret', nested: { token: { value: 'a-secret' } } },
    state: new Backend(),
    transport: { name: 'kafka ann:a-secret', settings: 'a-secret', consumer: () => {} },
    onError: () => 'a-secret',
    logger: { info: () => {} },
    workers: undefined,
  };
  const shown = redact({ ...options, transport: { ...options.transport, name: 'kafka broker:9092' } });
  expect(shown).toEqual({
    commitInterval: '5s',
    deadLetters: ['dead'],
    endpoint: `http://${redacted}@10.0.0.7:7070/path`,
    client: { 'sasl.username': 'ann', 'sasl.password': redacted, nested: { token: redacted } },
    state: 'an object of Backend',
    transport: 'kafka broker:9092',
    onError: 'a function',
    logger: 'an object with functions',
  });
});

test('no value below the name of a secret is shown, however it is nested', () => {
  const secret = { password: 'a-secret' };
  const nested = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 6 },
      fc.constant(secret),
      fc.string().map((text) => text.replaceAll('a-secret', '')),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(nested, (value) => {
      expect(JSON.stringify(redact({ value, secret }))).not.toContain('a-secret');
    }),
  );
});

test('an object that contains itself ends', () => {
  const options: Record<string, unknown> = { name: 'shop' };
  options.self = options;
  expect(JSON.stringify(redact(options))).toContain('…');
});
