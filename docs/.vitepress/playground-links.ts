/** Adds a button to run, and a link to the playground, below every TypeScript block that runs in a browser; links examples. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { MarkdownRenderer } from 'vitepress';

/** Returns the URL hash for a snippet, in the format that the playground's `model/link.ts` decodes. */
export const hashOf = (code: string): string =>
  `#s=${deflateRawSync(JSON.stringify({ code, input: {} })).toString('base64url')}`;

/** True when a snippet imports kstreams and needs neither Node nor a broker. */
export const runsInPage = (code: string): boolean =>
  /from 'kstreams'|from '@kstreams\/testing'/.test(code) &&
  !/from '(node:|kstreams\/kafka|@kstreams\/(?!(?:aggregates|steps|testing)'))|process\./.test(code);

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** Returns the code of an example by the name of its folder. */
export const codeOfExample = (name: string): string => readFileSync(`${examples}/${name}/main.ts`, 'utf8');

/** The start of links to examples, which the playground cannot resolve: `/playground/#example=01-word-count`. */
const toExample = '/playground/#example=';

/** The markdown-it plugin that puts the code of an example into its link to the playground. */
export const exampleLinks = (markdown: MarkdownRenderer): void => {
  markdown.core.ruler.push('example-links', ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const link = token.type === 'link_open' ? token.attrGet('href') : null;
      if (!link?.startsWith(toExample)) continue;
      token.attrSet('href', `/playground/${hashOf(codeOfExample(link.slice(toExample.length)))}`);
      token.attrSet('target', '_self');
    }
  });
};

/** The markdown-it plugin. The link of a block that continues another one includes the code of both. */
export const playgroundLinks = (markdown: MarkdownRenderer): void => {
  const fence = markdown.renderer.rules.fence;
  if (fence === undefined || fence === null) return;
  markdown.renderer.rules.fence = (tokens, at, options, environment, self) => {
    const html = fence(tokens, at, options, environment, self);
    const code = programAt(tokens, at);
    if (code === undefined || !runsInPage(code)) return html;
    const run = '<button type="button">Run</button>';
    const open = `<a href="/playground/${hashOf(code)}" target="_self">Open in the playground</a>`;
    return `${html}<div class="block-actions">${run}${open}</div><div class="block-results" hidden></div>`;
  };
};

interface Token {
  readonly type: string;
  readonly info: string;
  readonly content: string;
}

const programAt = (tokens: readonly Token[], at: number): string | undefined => {
  const { info, content } = tokens[at] as Token;
  const [language, note = ''] = info.trim().split(/ (.*)/s);
  if (language !== 'ts' || note.startsWith('no-run')) return undefined;
  if (note !== 'continues') return content;
  const before = tokens
    .slice(0, at)
    .findLastIndex(({ type, info: one }) => type === 'fence' && one.trim().startsWith('ts'));
  return before === -1 ? undefined : `${programAt(tokens, before) ?? ''}${content}`;
};
