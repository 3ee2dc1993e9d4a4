/** Applications on a broker that takes encrypted connections only, with the rights that `accessRights` lists. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { accessRights, planTopology } from '@kstreams/core/graph';
import { grant } from '@kstreams/test-support/grant';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { memory, type Streams, start, streams, string, topic } from 'kstreams';
import { type KafkaOptions, kafka } from 'kstreams/kafka';

type Settings = NonNullable<KafkaOptions['client']>;

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

describeWith('kafka-tls', 'a broker that takes encrypted connections only', (folder) => {
  const plain = process.env.KSTREAMS_KAFKA ?? '';
  const address = (listener: 'sasl-ssl' | 'ssl'): string => readFileSync(`${folder}/${listener}`, 'utf8').trim();
  const trusted = { 'ssl.ca.location': `${folder}/ca.pem` };
  const overTls = { 'security.protocol': 'sasl_ssl', ...trusted };
  const scram = { 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.username': 'shop', 'sasl.password': 'shop-secret' };

  const tokens = (refreshed: (principal: string) => void, seconds: number): Settings => ({
    'sasl.mechanism': 'OAUTHBEARER',
    oauthbearer_token_refresh_cb: async () => {
      refreshed('shop');
      return unsigned('shop', seconds);
    },
  });

  const count = async (brokers: string, user: string, client: Settings) => {
    const name = `secured-${crypto.randomUUID()}`;
    const admin = kafka({ brokers: plain });
    await createTopics(admin, [`${name}-in`, `${name}-out`]);
    const app = counting(name);
    await grant(
      plain,
      user,
      accessRights(planTopology(app.build()), { exactlyOnce: false, endpoint: false, deadLetters: [] }),
    );
    await sendTexts(admin, `${name}-in`, [
      ['a', ''],
      ['b', ''],
      ['a', ''],
    ]);
    const transport = kafka({ brokers, client });
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

  test('is used with a user and a password', async () => {
    expect(await count(address('sasl-ssl'), 'shop', { ...overTls, ...scram })).toEqual(counts);
  });

  test('is used with a certificate of the client', async () => {
    const certificate = {
      'ssl.certificate.location': `${folder}/client.pem`,
      'ssl.key.location': `${folder}/client.key`,
    };
    const client = { 'security.protocol': 'ssl', ...trusted, ...certificate };
    expect(await count(address('ssl'), 'CN=client', client)).toEqual(counts);
  });

  test('is used with a token of each client', async () => {
    const refreshed: string[] = [];
    const client = { ...overTls, ...tokens((principal) => refreshed.push(principal), 300) };
    expect(await count(address('sasl-ssl'), 'shop', client)).toEqual(counts);
    expect(refreshed.length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['an unknown authority', { ...overTls, ...scram, 'ssl.ca.location': '' }, /certificate verify failed/],
    [
      'a wrong password',
      { ...overTls, ...scram, 'sasl.password': 'nope' },
      /[Aa]uthentication failed.*`sasl\.username`/,
    ],
  ])('refuses %s, with the setting in the error', async (_, client, message) => {
    const transport = kafka({ brokers: address('sasl-ssl'), client });
    await expect(start(counting('refused'), { transport, state: memory(), logger: quiet })).rejects.toThrow(message);
    await transport.close();
  });
});
