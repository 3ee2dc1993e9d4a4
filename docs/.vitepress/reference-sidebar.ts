/** The sidebar of the reference: modules, and their names in the groups of the source. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface Item {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: Item[];
}

/** A module of the reference with its source. The main ones are first. */
const sourceOf = (name: string): string => {
  const [, scoped, entry] = /^(?:@kstreams\/)?([^/]+)(?:\/(.+))?$/.exec(name) ?? [];
  const folder = `${scoped}/src`;
  if (entry === undefined) return `${folder}/index.ts`;
  return scoped === 'kstreams' ? `${folder}/${entry}.ts` : `${folder}/${entry}/index.ts`;
};

/** Returns the names under each `// Heading` of an index; those of an index without headings under ''. */
const groupsOf = (source: string): ReadonlyMap<string, ReadonlySet<string>> => {
  const groups = new Map<string, Set<string>>();
  for (const part of source.split(/^(?=\/\/ )/m)) {
    const heading = /^\/\/ (.+)/.exec(part)?.[1] ?? '';
    const names = [...part.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(','));
    const known = names.map((name) => name.replace(/\btype\b|.* as /g, '').trim()).filter((name) => name !== '');
    if (known.length > 0) groups.set(heading, new Set([...(groups.get(heading) ?? []), ...known]));
  }
  return groups;
};

/** Returns the sidebar of the reference below `docs`; it is empty before `npm run docs:reference`. */
export const referenceSidebar = (docs: string): Item[] => {
  const root = `${docs}/reference`;
  if (!existsSync(root)) return [];
  const modules = [...readFileSync(`${root}/index.md`, 'utf8').matchAll(/^- \[(.+)\]\(/gm)].map(
    ([, name]) => name as string,
  );
  const order = (name: string): number => (name.startsWith('kstreams') ? 0 : name === '@kstreams/testing' ? 1 : 2);
  return modules
    .sort((a, b) => order(a) - order(b) || a.localeCompare(b))
    .map((name, at) => {
      const pages = new Map(
        readdirSync(`${root}/${name}`, { withFileTypes: true })
          .filter((kind) => kind.isDirectory())
          .flatMap((kind) =>
            readdirSync(`${root}/${name}/${kind.name}`)
              .filter((file) => file.endsWith('.md'))
              .map((file): [string, string] => [
                file.replace('.md', ''),
                `/reference/${name}/${kind.name}/${file.replace('.md', '')}`,
              ]),
          ),
      );
      const groups = groupsOf(readFileSync(`${docs}/../packages/${sourceOf(name)}`, 'utf8'));
      const items = [...groups].flatMap(([text, names]): Item[] => {
        const links = [...names].flatMap((one) =>
          pages.has(one) ? [{ text: one, link: pages.get(one) as string }] : [],
        );
        const sorted = links.sort((a, b) => a.text.localeCompare(b.text));
        return text === '' ? sorted : [{ text, items: sorted }];
      });
      return { text: name, link: `/reference/${name}/`, collapsed: at > 0, items };
    });
};
