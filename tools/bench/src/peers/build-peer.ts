import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../cache-folder.js';

/** The class path of a Java program, or the reason why it cannot be built. */
export type BuiltPeer = { readonly classes: string } | { readonly missing: string };

/** Builds a Java program of `tools/bench/peers`, once per version, into the user's cache. */
export const buildPeer = (name: 'kafka-streams' | 'parallel-consumer'): BuiltPeer => {
  for (const tool of ['javac', 'mvn']) {
    if (spawnSync(tool, ['-version']).error !== undefined)
      return { missing: `${tool} is not installed: install a JDK 17 and Maven` };
  }
  const project = fileURLToPath(new URL(`../../peers/${name}`, import.meta.url));
  const folder = builtFolder(name, project);
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}`;
    const { status } = spawnSync('mvn', ['-B', '-q', '-f', project, `-Dfolder=${part}`, 'package'], {
      stdio: ['ignore', 2, 'inherit'],
    });
    if (status !== 0) {
      rmSync(part, { recursive: true, force: true });
      return { missing: 'the Java program could not be built' };
    }
    renameSync(part, folder);
  }
  return { classes: `${join(folder, 'classes')}:${join(folder, 'jars', '*')}` };
};

const builtFolder = (name: string, project: string): string => {
  const hash = createHash('sha256').update(readFileSync(join(project, 'pom.xml')));
  const sources = join(project, 'src/main/java/peers');
  for (const file of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, file)));
  return cacheFolder(`${name}-peer-${hash.digest('hex').slice(0, 12)}`);
};
