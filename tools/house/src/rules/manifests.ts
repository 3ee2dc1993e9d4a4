/**
 * Requires of every published package what its users see at the registry: a license in the tarball, a link to its folder,
 * keywords, engines, provenance, and types for each entry. One version is for all packages.
 */
import type { Page } from '../repository.js';
import type { Rule } from '../rule.js';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly description?: string;
  readonly license?: string;
  readonly keywords?: readonly string[];
  readonly repository?: { readonly type?: string; readonly url?: string; readonly directory?: string };
  readonly engines?: { readonly node?: string };
  readonly sideEffects?: boolean | readonly string[];
  readonly files?: readonly string[];
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A requirement of a manifest: what to write, and whether it is there. */
type Requirement = readonly [what: string, holds: boolean];

const parse = ({ text }: Page): Manifest => JSON.parse(text) as Manifest;

export const manifests: Rule = {
  name: 'manifests',
  check: ({ manifests: pages, licenses }) => {
    const rootPage = pages.find(({ path }) => path === 'package.json');
    const root = rootPage === undefined ? {} : parse(rootPage);
    const license = licenses.find(({ path }) => path === 'LICENSE')?.text;
    return pages.flatMap((page) => {
      const folder = /^packages\/[^/]+(?=\/package\.json$)/.exec(page.path)?.[0];
      const manifest = parse(page);
      if (folder === undefined || manifest.private === true) return [];
      const own = licenses.find(({ path }) => path === `${folder}/LICENSE`)?.text;
      const ofLicense =
        own !== undefined && own === license
          ? []
          : [{ path: `${folder}/LICENSE`, line: 1, what: 'no copy of the license', mend: `cp LICENSE ${folder}/` }];
      const missing = requirements(manifest, root, folder).filter(([, holds]) => !holds);
      const mend = `write it as ${folder === 'packages/core' ? 'packages/serde' : 'packages/core'}/package.json does`;
      return [...ofLicense, ...missing.map(([what]) => ({ path: page.path, line: 1, what: `no ${what}`, mend }))];
    });
  },
};

const requirements = (manifest: Manifest, root: Manifest, folder: string): readonly Requirement[] => {
  const { repository, keywords = [], files = [], publishConfig, dependencies = {} } = manifest;
  const internal = Object.entries(dependencies).filter(([name]) => /^(@kstreams\/|kstreams$)/.test(name));
  return [
    ['"name"', manifest.name !== undefined],
    ['"description"', (manifest.description ?? '').length > 0],
    ['"type": "module"', manifest.type === 'module'],
    ['"license" of the root', manifest.license !== undefined && manifest.license === root.license],
    ['"repository" of the root', repository?.type === 'git' && repository.url === root.repository?.url],
    [`"repository.directory": "${folder}"`, repository?.directory === folder],
    ['three "keywords"', keywords.length >= 3 && new Set(keywords).size === keywords.length],
    ['"engines.node"', manifest.engines?.node?.startsWith('>=20.19') === true],
    ['"sideEffects"', manifest.sideEffects !== undefined],
    [
      '"publishConfig" with public access and provenance',
      publishConfig?.access === 'public' && publishConfig.provenance === true,
    ],
    [
      '"files" with dist and src, without tests',
      ['dist', 'src', '!src/**/*.test.ts'].every((file) => files.includes(file)),
    ],
    [
      '"types" before "default" in each entry of "exports"',
      Object.values(manifest.exports ?? { '.': {} }).every(hasTypes),
    ],
    [
      'exact version of this package in each dependency on another',
      internal.every(([, range]) => range === manifest.version),
    ],
  ];
};

/** True for an entry with declarations, under each of its conditions, and for a file that is no module. */
const hasTypes = (entry: unknown): boolean => {
  if (typeof entry === 'string') return !/\.[cm]?[jt]s$/.test(entry);
  const conditions = Object.entries(entry as Readonly<Record<string, unknown>>);
  const nested = conditions.filter(([, value]) => typeof value === 'object');
  const names = conditions.map(([name]) => name);
  const typed = names.includes('types') && names.indexOf('types') < names.indexOf('default');
  return typed && nested.every(([, value]) => hasTypes(value));
};
