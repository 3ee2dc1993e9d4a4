import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import { describeWith } from '@kstreams/test-support/services';
import { kafka } from '../index.js';

const brokers = '127.0.0.1:1';

/** Needs no broker, but the client, which comes with it. */
describeWith('kafka', 'settings that the client refuses', () => {
  describe.each(['admin', 'producer', 'consumer'] as const)('a setting that the client of a %s refuses', (kind) => {
    const open = (client: Readonly<Record<string, string>>) => {
      const log = kafka({ brokers, client });
      if (kind === 'admin') return log.admin();
      return kind === 'producer' ? log.producer({ clientId: 'p' }) : log.consumer({ clientId: 'c' });
    };

    test.each([
      ['securty.protocol', 'did you mean "security.protocol"?'],
      ['message.maxbytes', 'did you mean "message.max.bytes"?'],
      ['sasl.user', 'see CONFIGURATION.md'],
      ['constructor', 'see CONFIGURATION.md'],
      ['__proto__x', 'see CONFIGURATION.md'],
    ])('%s is named, with the nearest known name', async (name, remedy) => {
      const refused = open({ [name]: 'x' });
      await expect(refused).rejects.toThrow(ConfigError);
      await expect(refused).rejects.toThrow(`it has no "${name}"`);
      await expect(refused).rejects.toThrow(remedy);
    });

    test('a value is named', async () => {
      const refused = open({ 'security.protocol': 'tls' });
      await expect(refused).rejects.toMatchObject({ code: 'KSTREAMS_CONFIG' });
      await expect(refused).rejects.toThrow('Invalid value "tls" for configuration property "security.protocol"');
    });
  });
});
