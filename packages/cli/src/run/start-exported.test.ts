import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { embedded, memory, start, streams, string, topic } from 'kstreams';
import { startExported } from './start-exported.js';

const script = fileURLToPath(import.meta.url);

afterEach(() => {
  delete (globalThis as Record<symbol, unknown>)[Symbol.for('kstreams.onStart')];
});

test('applications start with the exported options, and not a second time', async () => {
  const app = streams('exported');
  const text = topic('text', { key: string, value: string });
  app.stream(text).forEach(() => {});
  const transport = embedded();
  const options = { transport, state: memory() };
  const [running] = await startExported(script, { app, again: app, options });
  const admin = await transport.admin();
  expect([...(await admin.topics()).keys()]).toContain('text');
  await expect(start(app, options)).rejects.toThrow(/exported runs already: kstreams run starts what a module exports/);
  await admin.close();
  await running?.close();
  await transport.close();
});

test('a module without applications starts none', async () => {
  expect(await startExported('/nowhere/main.js', { settings: {} })).toEqual([]);
});

test('a module that has no kstreams beside it is refused', async () => {
  const exported = { app: streams('exported') };
  await expect(startExported('/nowhere/main.js', exported)).rejects.toThrow(
    /main\.js exports an application, and kstreams/,
  );
});
