/** Gives every block of TypeScript that a page can run a link that opens it in the playground. */
import { deflateRawSync } from 'node:zlib';
import type { MarkdownRenderer } from 'vitepress';

/** The hash of the playground that shows a snippet: what its `model/link.ts` reads. */
export const hashOf = (code: string): string =>
  `#s=${deflateRawSync(JSON.stringify({ code, input: {} })).toString('base64url')}`;

/** Whether a page can run a snippet: it needs no Node, no broker and nobody's word that it is not run. */
export const runsInPage = (code: string): boolean =>
  /from 'kstreams'|from '@kstreams\/testing'/.test(code) &&
  !/from '(node:|kstreams\/kafka|@kstreams\/stores\/level)|process\./.test(code);

/** The plugin: behind a block's code, a link. A block that continues another one carries that one's code, too. */
export const playgroundLinks = (markdown: MarkdownRenderer): void => {
  const fence = markdown.renderer.rules.fence;
  if (fence === undefined || fence === null) return;
  markdown.renderer.rules.fence = (tokens, at, options, environment, self) => {
    const html = fence(tokens, at, options, environment, self);
    const code = programAt(tokens, at);
    if (code === undefined || !runsInPage(code)) return html;
    return `${html}<p class="open-in-playground"><a href="/playground/${hashOf(code)}" target="_self">Open in the playground</a></p>`;
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
