/** Finds links of Markdown pages to files and headings that do not exist. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A link as its page has it. */
interface Link {
  readonly line: number;
  readonly target: string;
}

/** Returns the lines of a page outside of code blocks. */
const proseOf = (markdown: string): readonly string[] => {
  let fence: string | undefined;
  return markdown.split('\n').map((line) => {
    const [, marks] = /^\s*(`{3,})/.exec(line) ?? [];
    if (fence === undefined && marks !== undefined) fence = marks;
    else if (fence !== undefined && line.trim() === fence) fence = undefined;
    else if (fence === undefined) return line;
    return '';
  });
};

const linksOf = (markdown: string): readonly Link[] =>
  proseOf(markdown).flatMap((text, at) =>
    [...text.replaceAll(/`[^`]*`/g, '``').matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => ({
      line: at + 1,
      target: target as string,
    })),
  );

/** Returns the anchor of a heading as GitHub forms it. */
const gitHubAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Returns the anchor of a heading as the site forms it. */
const siteAnchor = (heading: string): string =>
  heading
    .normalize('NFKD')
    .replaceAll(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .replace(/^(\d)/, '_$1')
    .toLowerCase();

const headingsOf = (markdown: string): readonly string[] =>
  proseOf(markdown).flatMap((line) => {
    const [, heading] = /^#{1,6} (.+)$/.exec(line) ?? [];
    return heading === undefined ? [] : [heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '')];
  });

/** Returns the file of a link; links from `/` are of the site, whose root is `docs`. */
const fileOf = (root: string, page: string, path: string): string => {
  if (path === '') return join(root, page);
  const found = path.startsWith('/') ? join(root, 'docs', path) : join(root, dirname(page), path);
  return existsSync(`${found}.md`) ? `${found}.md` : found;
};

/** Parts of the site that its build makes. */
const built = /^\/(?:playground|reference|pictures)\//;

/**
 * Returns the dead links of a page, each with its line: files that do not exist, and headings that have another anchor on
 * GitHub or on the site. Links to other hosts are not followed.
 */
export const deadLinks = (root: string, page: string): readonly string[] => {
  const markdown = readFileSync(join(root, page), 'utf8');
  return linksOf(markdown).flatMap(({ line, target }) => {
    if (/^[a-z]+:/.test(target) || built.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = fileOf(root, page, path);
    if (!existsSync(file)) return [`${page}:${line} ${target}: ${relative(root, file)} does not exist`];
    if (anchor === undefined || !file.endsWith('.md')) return [];
    const headings = headingsOf(readFileSync(file, 'utf8'));
    const known = headings.some((heading) => gitHubAnchor(heading) === anchor && siteAnchor(heading) === anchor);
    return known ? [] : [`${page}:${line} ${target}: no heading has this anchor`];
  });
};
