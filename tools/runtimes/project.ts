/** The project of the pages on installation and testing: their programs, with the packed packages and every runtime. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBlocks } from '../docs/blocks.js';

const installPage = 'docs/guide/install.md';
const pages = [installPage, 'docs/testing.md'];

/** The versions of Node that run the programs, each as a package of npm. */
export const nodes = ['20', '22', '24'] as const;

const installed: Readonly<Record<string, string>> = {
  ...Object.fromEntries(nodes.map((version) => [`node${version}`, `npm:node@${version}`])),
  '@types/node': '20',
  bun: '1',
  deno: '2',
  esbuild: '0.21.5',
  jest: '30.5.2',
  tsx: '4',
  typescript: '6.0',
  vite: '5',
  vitest: '3',
};

/** Makes the project in a folder: writes the programs of the pages, and installs the packages, which must be built. */
export const makeProject = (root: string, folder: string): void => {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs, { recursive: true });
  execFileSync(join(root, '.ci/pack'), [tarballs], { stdio: 'inherit' });
  const manifest = { private: true, type: 'module', jest: { transform: {}, testMatch: ['**/jest*.test.*js'] } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const [file, code] of programs(root)) writeFileSync(join(folder, file), code);
  mkdirSync(join(folder, 'page'));
  cpSync(join(root, 'packages/kstreams/test/page-word-count.ts'), join(folder, 'page/main.ts'));
  writeFileSync(join(folder, 'page/index.html'), '<!doctype html><script type="module" src="./main.ts"></script>');
  const tools = Object.entries(installed).map(([name, version]) => `${name}@${version}`);
  const files = readdirSync(tarballs).map((file) => `./tarballs/${file}`);
  const silent = ['--silent', '--prefer-offline', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...silent, ...files, ...tools], { cwd: folder, stdio: 'inherit' });
};

/** The programs of the pages by file: `app.ts` and `tsconfig.json` of the page on installation, and blocks that name a file. */
const programs = (root: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const { page, language, code } of readBlocks(root).filter((block) => pages.includes(block.page))) {
    const named = /^\/\/ (\S+)\n/.exec(code)?.[1];
    const first = { ts: 'app.ts', json: 'tsconfig.json' }[page === installPage ? language : ''];
    const file = named ?? first;
    if (file !== undefined && !found.has(file)) found.set(file, code);
  }
  return found;
};
