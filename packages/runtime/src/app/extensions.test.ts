import { expect, test } from '@jest/globals';
import type { StartedApplication } from './app.js';
import type { AppEvent } from './events.js';
import type { Extension } from './extension.js';
import { Extensions } from './extensions.js';

const app = { name: 'shop' } as StartedApplication;

/** Extensions that note their calls, and the events of their failures. */
const noted = (overrides: Readonly<Record<string, Partial<Extension>>> = {}) => {
  const notes: string[] = [];
  const events: AppEvent[] = [];
  const extensions = ['a', 'b', 'c'].map(
    (name): Extension => ({
      name,
      started: ({ name: of }) => void notes.push(`${name} started with ${of}`),
      closing: () => void notes.push(`${name} closing`),
      ...overrides[name],
    }),
  );
  return { notes, events, extensions: new Extensions(extensions, (event) => events.push(event)) };
};

const fails = (message: string) => async (): Promise<void> => {
  throw new Error(message);
};

test('extensions start in order and close in reverse', async () => {
  const { extensions, notes } = noted();
  await extensions.start(app);
  await extensions.close();
  expect(notes).toEqual([
    'a started with shop',
    'b started with shop',
    'c started with shop',
    'c closing',
    'b closing',
    'a closing',
  ]);
});

test('a failed start names its extension, and only the extensions before it are closed', async () => {
  const { extensions, notes } = noted({ b: { started: fails('port 80 is taken') } });
  await expect(extensions.start(app)).rejects.toThrow('extension "b" failed to start: port 80 is taken');
  await extensions.close();
  expect(notes).toEqual(['a started with shop', 'a closing']);
});

test('every failed close is an event, all are tried and the first is thrown', async () => {
  const { events, extensions, notes } = noted({ a: { closing: fails('last') }, c: { closing: fails('first') } });
  await extensions.start(app);
  await expect(extensions.close()).rejects.toThrow('extension "c" failed to close: first');
  expect(notes.at(-1)).toBe('b closing');
  expect(events.map((event) => (event.kind === 'extension-failed' ? event.extension : event.kind))).toEqual(['c', 'a']);
});

test('a close during a start waits for it, starts no further extension and closes the started one', async () => {
  const pending: (() => void)[] = [];
  const { extensions, notes } = noted({ a: { started: () => new Promise((resolve) => pending.push(resolve)) } });
  const starting = extensions.start(app);
  const closing = extensions.close();
  for (const proceed of pending) proceed();
  await Promise.all([starting, closing]);
  expect(notes).toEqual(['a closing']);
});
