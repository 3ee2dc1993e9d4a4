/** Every option of `start` is in docs/operations/settings.md. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { runChecks } from '@kstreams/runtime';

/** Set by `start` itself, from the folder and the transport. */
const internal = new Set(['closesTransport', 'stateFolder']);

test('the page of settings lists the options of start', () => {
  const page = readFileSync(new URL('../../docs/operations/settings.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([a-zA-Z]+)` \| .+ \| .+ \|$/gm)].map(([, name]) => name);
  const options = Object.keys(runChecks).filter((name) => !internal.has(name));
  expect(listed.sort()).toEqual([...options, 'folder'].sort());
});
