import { describe, expect, test } from '@jest/globals';
import { ConfigError, Pending, retryPending, SerdeError } from '@kstreams/core/graph';
import { json, string } from '@kstreams/serde';
import { serdeChecks } from '@kstreams/testing';
import { compressed, type EncryptionKeys, encrypted } from './index.js';

const at = { topic: 'cards', headers: [] };
const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const fixed: EncryptionKeys = { current: () => 'k-1', load: (id) => key(Number(id.slice(2))) };
const large = { text: 'kstreams '.repeat(100), list: [1, 2, 3] };

describe.each([
  {
    name: 'compressed(json())',
    checks: serdeChecks(compressed(json<object>()), { values: [{}, large], refused: [Number.NaN] }),
  },
  {
    name: 'encrypted(json())',
    checks: serdeChecks(encrypted(json<object>(), fixed), { values: [{}, { a: 1 }], refused: [1n] }),
  },
  {
    name: 'encrypted(compressed(json()))',
    checks: serdeChecks(encrypted(compressed(json<object>()), fixed), { values: [{ text: 'x'.repeat(300) }] }),
  },
])('$name', ({ checks }) => {
  test.each(checks)('$name', ({ run }) => run());
});

describe('compressed', () => {
  test('makes large values smaller, and leaves small and random ones as they are', () => {
    const serde = compressed(string, { minBytes: 10 });
    expect(serde.encode('a'.repeat(1_000), at).length).toBeLessThan(50);
    expect([...serde.encode('abc', at)]).toEqual([0, 97, 98, 99]);
    expect(serde.encode('qjwxzvkfyp', at)).toHaveLength(11);
  });

  test('refuses more than maxBytes, before it has decompressed them', () => {
    const bytes = compressed(string).encode('a'.repeat(1_000_000), at);
    const small = compressed(string, { maxBytes: 1_000 });
    const message = 'the value is larger than 1000 bytes: raise maxBytes of compressed (topic cards)';
    expect(() => small.decode(bytes, at)).toThrow(message);
    expect(() => small.encode('a'.repeat(1_001), at)).toThrow(SerdeError);
  });

  test('refuses unknown options and levels', () => {
    expect(() => compressed(string, { minByte: 1 } as never)).toThrow('write "minBytes"');
    expect(() => compressed(string, { level: 10 })).toThrow(ConfigError);
  });
});

describe('encrypted', () => {
  test('equal values have different bytes, which do not show the value', () => {
    const serde = encrypted(string, fixed);
    const [one, other] = [serde.encode('4242 4242', at), serde.encode('4242 4242', at)];
    expect(one).not.toEqual(other);
    expect(Buffer.from(one).includes('4242')).toBe(false);
  });

  test('a changed byte is noticed wherever it is', () => {
    const serde = encrypted(string, fixed);
    const bytes = serde.encode('secret', at);
    for (let index = 0; index < bytes.length; index++) {
      const changed = new Uint8Array(bytes);
      changed[index] = (changed[index] as number) ^ 1;
      expect(() => serde.decode(changed, at)).toThrow(SerdeError);
    }
  });

  test('after a rotation, values of the older key are still read', () => {
    let current = 'k-1';
    const keys: EncryptionKeys = { ...fixed, current: () => current };
    const serde = encrypted(string, keys);
    const older = serde.encode('a', at);
    current = 'k-2';
    const newer = serde.encode('b', at);
    expect([older, newer].map((bytes) => serde.decode(bytes, at))).toEqual(['a', 'b']);
    expect(() => encrypted(string, { ...keys, load: () => key(9) }).decode(older, at)).toThrow(
      'the bytes were changed, or another key than "k-1" encrypted them (topic cards)',
    );
  });

  test('a key is loaded once, and records wait for it', async () => {
    const loads: string[] = [];
    const keys: EncryptionKeys = {
      current: () => 'k-1',
      load: async (id) => {
        loads.push(id);
        return key(1);
      },
    };
    const serde = encrypted(string, keys);
    expect(() => serde.encode('a', at)).toThrow(Pending);
    const bytes = await retryPending(() => serde.encode('a', at));
    const reader = encrypted(string, { ...keys });
    await Promise.all([1, 2, 3].map(() => retryPending(() => reader.decode(bytes, at))));
    expect(loads).toEqual(['k-1', 'k-1']);
    expect(reader.prefetch?.([bytes])).toBeUndefined();
  });

  test('keys are loaded for a batch, and at the start', async () => {
    const keys: EncryptionKeys = { current: () => 'k-1', load: async () => key(1) };
    const [writer, reader] = [encrypted(string, keys), encrypted(string, { ...keys })];
    await writer.prepare?.({ topic: 'cards', part: 'value' });
    const bytes = writer.encode('a', at);
    await reader.prefetch?.([bytes, Uint8Array.of(1, 2, 3)]);
    expect(reader.decode(bytes, at)).toBe('a');
  });

  test('a key that cannot be loaded fails its record, and is loaded again by the next one', async () => {
    let reachable = false;
    const load = async () => {
      if (!reachable) throw new Error('no route');
      return key(1);
    };
    const serde = encrypted(string, { current: () => 'k-1', load });
    await expect(retryPending(() => serde.encode('a', at))).rejects.toThrow('no route');
    reachable = true;
    await expect(retryPending(() => serde.encode('a', at))).resolves.toBeInstanceOf(Uint8Array);
  });

  test('a key of another length is refused', () => {
    const serde = encrypted(string, { current: () => 'k-1', load: () => new Uint8Array(16) });
    expect(() => serde.encode('a', at)).toThrow('key "k-1" is not 32 bytes long, as AES-256 needs (topic cards)');
    expect(() => encrypted(string, { current: 'k-1' } as never)).toThrow(ConfigError);
  });
});

test('the same arguments give the same serde', () => {
  expect(compressed(string)).toBe(compressed(string));
  expect(encrypted(string, fixed)).toBe(encrypted(string, fixed));
});
