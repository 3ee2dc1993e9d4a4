import type { ProjectChoices } from './choices.js';
import { packageJson } from './package-json.js';
import { readme } from './readme.js';
import { mainSource, testSource, topologySource, tsconfig } from './sources.js';

/** Returns the files of a new project by their paths, with packages of a version of kstreams. */
export const projectFiles = (choices: ProjectChoices, version: string): Readonly<Record<string, string>> => ({
  'package.json': packageJson(choices, version),
  'tsconfig.json': tsconfig,
  'src/topology.ts': topologySource(choices),
  'src/main.ts': mainSource(choices),
  'test/topology.test.ts': testSource(choices),
  'README.md': readme(choices),
  '.gitignore': 'node_modules\n.kstreams\n',
});
