/** Applications on a broker that takes encrypted connections only, with the rights that `accessRights` lists. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { accessRights, planTopology } from '@kstreams/core/graph';
import { kafkaJs } from '@kstreams/kafka-js';
import { grant } from '@kstreams/test-support/grant';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { memory, type Streams, start, streams, string, type Transport, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const text = (name: string) => topic(name, { key: string, value: string });

const counting = (name: string): Streams => {
  const app = streams(name);
  app
    .stream(text(`${name}-in`))
    .groupByKey()
    .count({ name: 'counts' })
    .toStream()
    .mapValues(String, { value: string })
    .to(text(`${name}-out`));
  return app;
};

/** Returns an unsigned token for a principal, valid for `seconds`. */
const unsigned = (principal: string, seconds: number) => {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokenValue = `${part({ alg: 'none' })}.${part({ sub: principal, iat: now, exp: now + seconds })}.`;
  return { tokenValue, principal, lifetime: (now + seconds) * 1_000 };
};

/** The forms of credentials, which each client takes in its own way. */
interface Secured {
  password(password: string): Transport;
  certificate(): Transport;
  token(refreshed: () => void): Transport;
  /** A password, with other authorities than the one that signed the certificate of the broker. */
  unknownAuthority(): Transport;
}

const addressIn = (folder: string, listener: 'sasl-ssl' | 'ssl'): string =>
  readFileSync(`${folder}/${listener}`, 'utf8').trim();

const native = (folder: string): Secured => {
  const overTls = { 'security.protocol': 'sasl_ssl', 'ssl.ca.location': `${folder}/ca.pem` };
  const withPassword = (password: string) => ({
    ...overTls,
    'sasl.mechanism': 'SCRAM-SHA-512',
    'sasl.username': 'shop',
    'sasl.password': password,
  });
  const brokers = addressIn(folder, 'sasl-ssl');
  return {
    password: (password) => kafka({ brokers, client: withPassword(password) }),
    certificate: () =>
      kafka({
        brokers: addressIn(folder, 'ssl'),
        client: {
          ...overTls,
          'security.protocol': 'ssl',
          'ssl.certificate.location': `${folder}/client.pem`,
          'ssl.key.location': `${folder}/client.key`,
        },
      }),
    token: (refreshed) =>
      kafka({
        brokers,
        client: {
          ...overTls,
          'sasl.mechanism': 'OAUTHBEARER',
          oauthbearer_token_refresh_cb: async () => {
            refreshed();
            return unsigned('shop', 300);
          },
        },
      }),
    unknownAuthority: () =>
      kafka({ brokers, client: { ...withPassword('shop-secret'), 'ssl.ca.location': `${folder}/client.pem` } }),
  };
};

const javascript = (folder: string): Secured => {
  const read = (file: string): string => readFileSync(`${folder}/${file}`, 'utf8');
  const brokers = addressIn(folder, 'sasl-ssl');
  const scram = (password: string) => ({ mechanism: 'SCRAM-SHA-512', username: 'shop', password }) as const;
  const tls = { ca: read('ca.pem') };
  return {
    password: (password) => kafkaJs({ brokers, tls, sasl: scram(password) }),
    certificate: () =>
      kafkaJs({
        brokers: addressIn(folder, 'ssl'),
        tls: { ...tls, cert: read('client.pem'), key: read('client.key') },
      }),
    token: (refreshed) => {
      const token = (): string => {
        refreshed();
        return unsigned('shop', 300).tokenValue;
      };
      return kafkaJs({ brokers, tls, sasl: { mechanism: 'OAUTHBEARER', token } });
    },
    unknownAuthority: () => kafkaJs({ brokers, tls: true, sasl: scram('shop-secret') }),
  };
};

const clients = { 'the native client': native, 'the client in JavaScript': javascript };

describeWith('kafka-tls', 'a broker that takes encrypted connections only', (folder) => {
  const plain = process.env.KSTREAMS_KAFKA ?? '';

  /** Counts three records in an application of a user with the rights that it needs. */
  const count = async (transport: Transport, user: string) => {
    const name = `secured-${crypto.randomUUID()}`;
    const admin = kafka({ brokers: plain });
    await createTopics(admin, [`${name}-in`, `${name}-out`]);
    const app = counting(name);
    const needs = { exactlyOnce: false, endpoint: false, deadLetters: [] };
    await grant(plain, user, accessRights(planTopology(app.build()), needs));
    await sendTexts(admin, `${name}-in`, [
      ['a', ''],
      ['b', ''],
      ['a', ''],
    ]);
    const running = await start(app, { transport, state: memory(), commitInterval: 50, logger: quiet });
    const counts = await readTexts(admin, `${name}-out`, 1, 3);
    await running.close();
    await transport.close();
    await admin.close();
    return counts;
  };

  const counts = [
    ['a', '1'],
    ['b', '1'],
    ['a', '2'],
  ];

  for (const [client, secured] of Object.entries(clients)) {
    test(`is used by ${client} with a user and a password`, async () => {
      expect(await count(secured(folder).password('shop-secret'), 'shop')).toEqual(counts);
    });

    test(`is used by ${client} with a certificate of the client`, async () => {
      expect(await count(secured(folder).certificate(), 'CN=client')).toEqual(counts);
    });

    test(`is used by ${client} with a token of each connection`, async () => {
      let refreshed = 0;
      const transport = secured(folder).token(() => {
        refreshed += 1;
      });
      expect(await count(transport, 'shop')).toEqual(counts);
      expect(refreshed).toBeGreaterThanOrEqual(3);
    });

    test.each([
      ['an unknown authority', 'unknownAuthority', /certificate/],
      ['a wrong password', 'password', /[Aa]uthentication failed/],
    ] as const)(`refuses ${client} with %s`, async (_, form, message) => {
      const transport = secured(folder)[form]('nope');
      await expect(start(counting('refused'), { transport, state: memory(), logger: quiet })).rejects.toThrow(message);
      await transport.close();
    });
  }
});
