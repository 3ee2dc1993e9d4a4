import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import { topic } from 'kstreams';
import { app, events, others, paymentsOf } from './main.js';

test('events of two tenants go to the topics of their countries, and the rest to one topic', () => {
  const driver = testDriver(app, { topics: ['events-acme', 'events-umbrella'] });
  const [acme, umbrella] = ['events-acme', 'events-umbrella'].map((name) =>
    driver.input(topic(name, { key: events.key, value: events.value })),
  );
  acme?.pipe('a1', { type: 'payment', country: 'DE', cents: 100 }, 0);
  umbrella?.pipe('u1', { type: 'payment', country: 'FR', cents: 200 }, 1);
  umbrella?.pipe('u1', { type: 'login' }, 2);
  acme?.pipe('a1', { type: 'payment', country: 'unknown', cents: 300 }, 3);

  const keysOf = (country: string) =>
    driver
      .output(paymentsOf(country))
      .read()
      .map(({ key }) => key);
  expect([keysOf('DE'), keysOf('FR')]).toEqual([['a1'], ['u1']]);
  expect(
    driver
      .output(others)
      .read()
      .map(({ key }) => key),
  ).toEqual(['u1', 'a1']);
});
