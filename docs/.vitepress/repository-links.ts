/** Leads links to files of the repository, which are no pages of the site, to the repository. */
import { readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MarkdownRenderer } from 'vitepress';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { repository } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { repository: { url: string } };
const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

/** Returns the address of a linked file outside of `docs`; `undefined` for other links. `page` is relative to `docs`. */
const addressOf = (page: string, link: string): string | undefined => {
  if (!link.startsWith('.')) return undefined;
  const [path = '', anchor] = link.split('#');
  const file = posix.join('docs', posix.dirname(page), path).replace(/\/$/, '');
  if (file.startsWith('docs/') && /(?:\.md|\/[^.]*)$/.test(file)) return undefined;
  const kind = statSync(`${root}/${file}`).isDirectory() ? 'tree' : 'blob';
  return `${home}/${kind}/main/${file}${anchor === undefined ? '' : `#${anchor}`}`;
};

/** The markdown-it plugin. */
export const repositoryLinks = (markdown: MarkdownRenderer): void => {
  markdown.core.ruler.push('repository-links', ({ env, tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const link = token.type === 'link_open' ? token.attrGet('href') : null;
      const address = link === null ? undefined : addressOf((env as { relativePath: string }).relativePath, link);
      if (address !== undefined) token.attrSet('href', address);
    }
  });
};
