/** The commands that run the programs of the project, each with a part of its output. */
import { nodes } from './project.js';

/** A command in the folder of the project. */
export interface Check {
  readonly name: string;
  readonly command: readonly [program: string, ...given: string[]];
  /** A part of its output. */
  readonly prints: RegExp;
}

const bin = (name: string): string => `node_modules/.bin/${name}`;
const node = (version: string): string => `node_modules/node${version}/bin/node`;
const counted = /^to 2\nbe 2$/m;
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];

const ofNode = (version: string): readonly Check[] => [
  { name: `a word count on Node ${version}`, command: [node(version), 'dist/app.js'], prints: counted },
  { name: `require on Node ${version}`, command: [node(version), 'required.cjs'], prints: /^HELLO$/m },
  { name: `node:test on Node ${version}`, command: [node(version), '--test', 'node.test.js'], prints: /pass 1\b/ },
  { name: `Jest on Node ${version}`, command: [node(version), ...jest], prints: /Tests: +2 passed/ },
];

const stripsTypes = nodes.filter((version) => Number(version) >= 22);

/** The checks, in their order. */
export const checks: readonly Check[] = [
  { name: 'TypeScript compiles', command: [bin('tsc'), '-p', '.'], prints: /^$/ },
  ...nodes.flatMap(ofNode),
  ...stripsTypes.map((version) => ({
    name: `TypeScript as it is on Node ${version}`,
    command: [node(version), 'app.ts'] as const,
    prints: counted,
  })),
  { name: 'TypeScript with tsx', command: [bin('tsx'), 'app.ts'], prints: counted },
  { name: 'the command line', command: [bin('kstreams'), 'run', 'app.ts'], prints: /be 2$/m },
  { name: 'Vitest', command: [bin('vitest'), 'run', 'vitest.test.js'], prints: /1 passed/ },
  { name: 'a word count on Bun', command: [bin('bun'), 'app.ts'], prints: counted },
  { name: 'require on Bun', command: [bin('bun'), 'required.cjs'], prints: /^HELLO$/m },
  { name: 'a word count on Deno', command: [bin('deno'), 'run', '-A', 'app.ts'], prints: counted },
  {
    name: 'esbuild bundles a page',
    command: [
      bin('esbuild'),
      'page/main.ts',
      '--bundle',
      '--platform=browser',
      '--format=esm',
      '--outfile=esbuild/main.js',
    ],
    prints: /^/,
  },
  { name: 'Vite bundles a page', command: [bin('vite'), 'build', 'page', '--outDir', '../vite'], prints: /built in/ },
];
