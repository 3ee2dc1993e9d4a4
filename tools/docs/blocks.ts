/** The code that documentation shows: found in its pages, so that it can be checked and run as it stands there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a page. */
export interface Block {
  /** The page, from the repository's root. */
  readonly page: string;
  /** The line of the page on which the code begins, from 1. */
  readonly line: number;
  /** The first word behind the fence. */
  readonly language: string;
  /** The other words behind the fence: `continues`, or `no-run` with the reason. */
  readonly notes: string;
  readonly code: string;
}

/** A block that stands alone: with the code of those it continues before it. */
export interface Program {
  readonly block: Block;
  readonly code: string;
  /** How many lines of other blocks stand before its own. */
  readonly linesBefore: number;
  /** Why it is not run, where its page says so. */
  readonly notRun: string | undefined;
}

/** The pages whose code is checked: the README, the documentation, the pages of packages and examples. */
export const findPages = (root: string): readonly string[] =>
  ['.', 'docs', 'packages', 'examples'].flatMap((folder) => pagesUnder(root, folder, folder === '.')).sort();

const pagesUnder = (root: string, folder: string, flat: boolean): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return flat || /^(node_modules|dist|reference|\..*)$/.test(entry.name) ? [] : pagesUnder(root, path, flat);
    return entry.name.endsWith('.md') ? [path] : [];
  });

/** All fenced blocks of the pages of a repository. */
export const readBlocks = (root: string): readonly Block[] =>
  findPages(root).flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')));

/** The fenced blocks of one page. */
export const blocksOf = (page: string, markdown: string): readonly Block[] => {
  const blocks: Block[] = [];
  let open: { fence: string; indent: number; info: string; line: number; code: string[] } | undefined;
  markdown.split('\n').forEach((text, at) => {
    const [, indent = '', fence = '', info = ''] = /^( *)(`{3,}|~{3,}) *(.*)$/.exec(text) ?? [];
    if (open === undefined) {
      if (fence !== '') open = { fence, indent: indent.length, info: info.trim(), line: at + 2, code: [] };
    } else if (fence.startsWith(open.fence) && info === '') {
      const [, language = '', notes = ''] = /^(\S*) *(.*)$/.exec(open.info) ?? [];
      blocks.push({ page, line: open.line, language, notes, code: `${open.code.join('\n')}\n` });
      open = undefined;
    } else {
      open.code.push(text.slice(Math.min(open.indent, text.length - text.trimStart().length)));
    }
  });
  if (open !== undefined) throw new Error(`${page}:${open.line - 1} opens a block of code that nothing closes`);
  return blocks;
};

/**
 * The TypeScript blocks as programs. A block whose fence says `continues` goes on where the one before it on its page
 * ended; one that says `no-run:` and a reason is only type-checked.
 */
export const programsOf = (blocks: readonly Block[]): readonly Program[] => {
  const programs: Program[] = [];
  for (const block of blocks) {
    if (block.language !== 'ts') continue;
    const [, reason] = /^no-run: (.+)$/.exec(block.notes) ?? [];
    if (!['', 'continues'].includes(block.notes) && reason === undefined) {
      throw new Error(`${placeOf(block)}: write "ts", "ts continues" or "ts no-run: why", not "ts ${block.notes}"`);
    }
    const before = block.notes === 'continues' ? programs.at(-1) : undefined;
    if (block.notes === 'continues' && before?.block.page !== block.page) {
      throw new Error(`${placeOf(block)} continues nothing: it is the first of its page`);
    }
    const earlier = before?.code ?? '';
    programs.push({
      block,
      code: earlier + block.code,
      linesBefore: earlier.split('\n').length - 1,
      notRun: reason ?? before?.notRun,
    });
  }
  return programs;
};

/** Where a block begins, for people to go to. */
export const placeOf = ({ page, line }: Block): string => `${page}:${line}`;
