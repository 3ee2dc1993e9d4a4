/** Every warning and error of the log has a code, and docs/operations/warnings.md lists them all. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

/** Packages that run no application, or print as their purpose. */
const skipped = new Set(['test-support', 'integration-tests', 'cli']);

const sources = readdirSync(new URL('packages/', root))
  .filter((name) => !skipped.has(name))
  .flatMap((name) =>
    readdirSync(new URL(`packages/${name}/src/`, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => `packages/${name}/src/${path}`),
  )
  .map((path) => ({ path, code: withoutComments(readFileSync(new URL(path, root), 'utf8')) }));

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, '');
}

const events = 'packages/runtime/src/app/logger.ts';
const call = /(?:logger\??\.(?:warn|error)|logger\[[^\]]*'warn'\]|console\.(?:warn|error))\(/g;

/** The codes of a source, with `undefined` for an entry without one. */
const codesOf = ({ code, path }: (typeof sources)[number]): readonly (string | undefined)[] =>
  path === events
    ? codesOfEvents(code)
    : [...code.matchAll(call)].map(({ index }) => codeIn(code.slice(index, index + 200)));

const codeIn = (entry: string): string | undefined =>
  /code: '([a-z-]+)'|`\[([a-z-]+)\] /.exec(entry)?.slice(1).find(Boolean);

/** The kinds of logged events are their codes. */
const codesOfEvents = (code: string): readonly (string | undefined)[] => {
  const [matched = '', after = ''] = code.split('.exhaustive()');
  const kinds = matched
    .split(/\.with\(/)
    .filter((branch) => branch.match(call) !== null)
    .map((branch) => /^\{ kind: '([a-z-]+)' \}/.exec(branch)?.[1]);
  return [...kinds, ...[...after.matchAll(call)].map(({ index }) => codeIn(after.slice(index, index + 200)))];
};

const page = readFileSync(new URL('docs/operations/warnings.md', root), 'utf8');
const listed = [...page.matchAll(/^\| `([a-z-]+)` \| (?:warn|error|console) \| .+ \| .+ \|$/gm)].map(
  ([, code]) => code,
);

test('every warning and error has a code', () => {
  expect(sources.filter((source) => codesOf(source).includes(undefined)).map(({ path }) => path)).toEqual([]);
});

test('the page lists the codes of the sources, in order', () => {
  const codes = new Set(sources.flatMap((source) => codesOf(source)));
  expect(listed).toEqual([...codes].sort());
});
