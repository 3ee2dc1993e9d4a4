/** The project of docs/operations/kubernetes.md: its program, with the packages of this repository as they are packed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBlocks } from '../docs/blocks.js';

/** The package of the Kafka client. */
export const client = '@confluentinc/kafka-javascript';

const page = 'docs/operations/kubernetes.md';

const compilerOptions = {
  target: 'es2023',
  module: 'nodenext',
  types: ['node'],
  strict: true,
  rootDir: 'src',
  outDir: 'dist',
};

/** Makes the folder of the project below `work`, with a lock file, and returns its path. The packages must be built. */
export const project = (root: string, work: string): string => {
  const context = join(work, 'context');
  mkdirSync(join(context, 'src'), { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(context, file), text);
  const program = readBlocks(root).find((block) => block.page === page && block.language === 'ts');
  if (program === undefined) throw new Error(`${page} has no program`);
  write('src/shop.ts', program.code);
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  const { kstreams, '@kstreams/prometheus': prometheus, ...overrides } = pack(root, join(work, 'tarballs'));
  const installed = json(join(root, 'package-lock.json')).packages as Record<string, { readonly version: string }>;
  const version = (name: string): string | undefined => installed[`node_modules/${name}`]?.version;
  const manifest = {
    name: 'shop',
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies: {
      kstreams,
      '@kstreams/prometheus': prometheus,
      'prom-client': version('prom-client'),
      [client]: version(client),
    },
    devDependencies: { typescript: version('typescript'), '@types/node': version('@types/node') },
    overrides,
  };
  write('package.json', JSON.stringify(manifest));
  const lock = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', lock, { cwd: context });
  return context;
};

/** Packs the public packages into a folder, and returns the address of each tarball by the name of its package. */
const pack = (root: string, folder: string): Readonly<Record<string, string>> => {
  mkdirSync(folder);
  const packed = readdirSync(join(root, 'packages')).flatMap((directory) => {
    const { name, private: hidden } = json(join(root, 'packages', directory, 'package.json'));
    if (hidden === true) return [];
    const given = ['pack', '--silent', '--pack-destination', folder, `./packages/${directory}`];
    const file = execFileSync('npm', given, { cwd: root, encoding: 'utf8' }).trim();
    return [[String(name), `file:${join(folder, file)}`] as const];
  });
  return Object.fromEntries(packed);
};

const json = (file: string): Readonly<Record<string, unknown>> => JSON.parse(readFileSync(file, 'utf8'));
