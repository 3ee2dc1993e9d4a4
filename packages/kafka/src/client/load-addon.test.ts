import { expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import { type Import, loadAddon } from './load-addon.js';

/** Imports a client of this version; `addon` loads its native part. */
const client =
  (version: string, addon: () => unknown): Import =>
  async (specifier) => ({ default: specifier.endsWith('/package.json') ? { version } : { RdKafka: addon() } });

const throwing = (message: string) => (): never => {
  throw new Error(message);
};

test.each<[string, Import, string]>([
  ['is missing', async () => throwing('nope')(), 'npm install @confluentinc/kafka-javascript'],
  [
    'is too old',
    client('1.9.12', throwing('loaded')),
    '1.10.1 or newer, but 1.9.12 is installed: npm install @confluentinc/kafka-javascript@^1.10.1',
  ],
  [
    'has no binary',
    client('1.10.1', throwing('Could not locate the bindings file. Tried: …')),
    'npm rebuild @confluentinc/kafka-javascript',
  ],
  ['is in a worker thread', client('1.10.1', throwing("Module did not self-register: '…'")), 'run more processes'],
])('a client that %s is refused with the command to run', async (_, load, command) => {
  await expect(loadAddon(load)).rejects.toThrow(ConfigError);
  await expect(loadAddon(load)).rejects.toThrow(command);
});

test.each([
  ['0.9.9', false],
  ['1.10.0', false],
  ['1.10.1', true],
  ['1.10.2-rc1', true],
  ['1.11.0', true],
  ['2.0.0', true],
])('version %s is accepted: %p', async (version, accepted) => {
  const outcome = loadAddon(client(version, throwing('reached')));
  await expect(outcome).rejects.toThrow(accepted ? 'reached' : 'is installed');
});

test('a failed load is retried, a successful one is cached', async () => {
  await expect(loadAddon(client('1.0.0', throwing('x')))).rejects.toThrow();
  const addon = {};
  await expect(loadAddon(client('1.10.1', () => addon))).resolves.toBe(addon);
  await expect(loadAddon(client('1.0.0', throwing('x')))).resolves.toBe(addon);
});
