import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import { kafka } from '../index.js';
import { adminSettings, checkSettings, consumerSettings, producerSettings } from './settings.js';

const brokers = ['one:9092', 'two:9092'];

describe('settings that users cannot set', () => {
  test.each([
    ['client', 'bootstrap.servers', '`brokers`'],
    ['client', 'enable.auto.commit', 'together with the state'],
    ['consumer', 'group.id', "the application's name"],
    ['consumer', 'isolation.level', 'the guarantee'],
    ['consumer', 'partition.assignment.strategy', 'assigned together'],
    ['consumer', 'auto.offset.reset', 'stream(topic, { from })'],
    ['consumer', 'rebalance_cb', 'handles rebalances'],
    ['producer', 'transactional.id', 'one per worker'],
    ['producer', 'enable.idempotence', 'need their order'],
    ['producer', 'acks', 'must not lose'],
  ])('%s: %s is refused by name with the reason', (place, name, why) => {
    const check = () => checkSettings({ brokers, [place]: { [name]: 'x' } });
    expect(check).toThrow(ConfigError);
    expect(check).toThrow(`"${name}" cannot be set in \`${place}\``);
    expect(check).toThrow(why);
  });

  test('kafka() checks them before it connects', () => {
    expect(() => kafka({ brokers, client: { 'group.id': 'mine' } })).toThrow('"group.id"');
    expect(() => kafka({ brokers: [] })).toThrow('at least one broker');
  });

  test('other settings pass, even with names of Object.prototype', () => {
    expect(() => checkSettings({ brokers, client: { 'security.protocol': 'ssl', constructor: 1 } })).not.toThrow();
  });
});

describe('the settings of clients', () => {
  const client = { 'security.protocol': 'sasl_ssl', 'sasl.username': 'ann', 'client.id': 'pod-1' };

  test('TLS and SASL reach every client, and client ids keep the worker suffix', () => {
    const all = [
      adminSettings({ brokers, client }),
      consumerSettings({ brokers, client }, { clientId: 'shop-0' }),
      producerSettings({ brokers, client }, { clientId: 'shop-0' }),
    ];
    for (const settings of all) {
      expect(settings).toMatchObject({
        'security.protocol': 'sasl_ssl',
        'sasl.username': 'ann',
        'bootstrap.servers': 'one:9092,two:9092',
        'reconnect.backoff.max.ms': 1_000,
      });
    }
    expect(all.map((settings) => settings['client.id'])).toEqual(['pod-1-admin', 'pod-1-shop-0', 'pod-1-shop-0']);
  });

  test('settings of consumers and producers override common settings and preferences', () => {
    const given = {
      brokers,
      client: { debug: 'cgrp' },
      consumer: { 'fetch.wait.max.ms': 7, debug: 'fetch' },
      producer: { 'linger.ms': 9 },
    };
    const consumer = consumerSettings(given, { clientId: 'c' });
    expect(consumer).toMatchObject({ 'fetch.wait.max.ms': 7, debug: 'fetch' });
    expect(consumer).not.toHaveProperty('linger.ms');
    const producer = producerSettings(given, { clientId: 'c' });
    expect(producer).toMatchObject({ 'linger.ms': 9, debug: 'cgrp' });
    expect(producer).not.toHaveProperty('fetch.wait.max.ms');
  });

  test('a consumer reads committed records unless set otherwise, and never commits automatically', () => {
    expect(consumerSettings({ brokers }, { clientId: 'c', group: 'g' })).toMatchObject({
      'group.id': 'g',
      'isolation.level': 'read_committed',
      'enable.auto.commit': false,
      'partition.assignment.strategy': 'cooperative-sticky',
    });
    const latest = consumerSettings({ brokers }, { clientId: 'c', isolation: 'latest' });
    expect(latest).toMatchObject({ 'group.id': 'c-without-group', 'isolation.level': 'read_uncommitted' });
  });

  test('the instance id is the option, or the setting with the worker suffix', () => {
    const instance = (options: { group?: string; instanceId?: string }) =>
      consumerSettings({ brokers, consumer: { 'group.instance.id': 'pod-1' } }, { clientId: 'shop-0', ...options })[
        'group.instance.id'
      ];
    expect(instance({ group: 'g' })).toBe('pod-1-shop-0');
    expect(instance({ group: 'g', instanceId: 'i' })).toBe('i');
    expect(instance({})).toBeUndefined();
    expect(adminSettings({ brokers, client: { 'group.instance.id': 'pod-1' } })).not.toHaveProperty(
      'group.instance.id',
    );
  });

  test('the consumer group protocol gets no assignment strategy', () => {
    const settings = consumerSettings({ brokers, consumer: { 'group.protocol': 'consumer' } }, { clientId: 'c' });
    expect(settings).not.toHaveProperty('partition.assignment.strategy');
  });

  test('a producer is idempotent, and transactional only with a transactional id', () => {
    const plain = producerSettings({ brokers }, { clientId: 'c' });
    expect(plain).toMatchObject({ 'enable.idempotence': true });
    expect(plain).not.toHaveProperty('transactional.id');
    expect(producerSettings({ brokers }, { clientId: 'c', transactionalId: 't' })).toMatchObject({
      'transactional.id': 't',
      'transaction.timeout.ms': 10_000,
    });
  });
});
