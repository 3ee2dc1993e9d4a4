import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runSteps, stepsOf } from './dockerfile.js';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'kstreams-image-'));
  mkdirSync(join(work, 'context', 'src'), { recursive: true });
  mkdirSync(join(work, 'stages'));
  writeFileSync(join(work, 'context', 'a.txt'), 'a');
  writeFileSync(join(work, 'context', 'src', 'b.txt'), 'b');
});
afterEach(() => rmSync(work, { recursive: true }));

const run = (text: string) =>
  runSteps(stepsOf(text), { context: join(work, 'context'), environment: process.env, root: join(work, 'stages') });

test('steps copy files, run commands in their folder and pass files on to the next stage', () => {
  const image = run(`
# two stages
FROM node:22 AS build
WORKDIR /app
COPY a.txt ./
COPY src ./src
RUN cat a.txt src/b.txt \\
  >both.txt

FROM node:22
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/both.txt ./
USER node
CMD ["cat", "both.txt"]
`);
  expect(readFileSync(join(image.folder, 'both.txt'), 'utf8')).toBe('ab');
  expect(image).toMatchObject({ command: ['cat', 'both.txt'], environment: { NODE_ENV: 'production' }, user: 'node' });
});

test.each([
  ['RUN false', /begins with FROM/],
  ['FROM a\nRUN false', /Command failed/],
  ['FROM a\nCOPY --from=other /x ./', /stage other/],
  ['FROM a\nONBUILD RUN x', /ONBUILD/],
])('%j is refused', (text, message) => {
  expect(() => run(text)).toThrow(message);
});
