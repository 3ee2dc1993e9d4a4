import { expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core';
import { loadAddon } from './load-addon.js';

const failing = (message: string, code?: string) => () => Promise.reject(Object.assign(new Error(message), { code }));

test.each([
  ['is not installed', failing('nope', 'ERR_MODULE_NOT_FOUND'), 'npm install @confluentinc/kafka-javascript'],
  [
    'has no binary',
    failing('Could not locate the bindings file. Tried: …'),
    'npm rebuild @confluentinc/kafka-javascript',
  ],
  ['is in a worker thread', failing("Module did not self-register: '…'"), 'run more processes'],
])('where the addon %s, the error says what to do', async (_, load, mend) => {
  await expect(loadAddon(load)).rejects.toThrow(ConfigError);
  await expect(loadAddon(load)).rejects.toThrow(mend);
});

test('after a failure it is tried again, after a success it is kept', async () => {
  await expect(loadAddon(failing('x'))).rejects.toThrow();
  const addon = {};
  const load = async () => ({ default: { RdKafka: addon } });
  await expect(loadAddon(load)).resolves.toBe(addon);
  await expect(loadAddon(failing('x'))).resolves.toBe(addon);
});
