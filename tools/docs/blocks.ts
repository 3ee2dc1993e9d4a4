/** The code blocks of documentation pages, which are checked and run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a page. */
export interface Block {
  /** The path of the page from the repository's root. */
  readonly page: string;
  /** The first line of the code on the page, from 1. */
  readonly line: number;
  /** The first word after the fence. */
  readonly language: string;
  /** The other words after the fence: `continues`, or `no-run` with the reason. */
  readonly notes: string;
  readonly code: string;
}

/** A block that stands alone, with the code of the blocks that it continues. */
export interface Program {
  readonly block: Block;
  readonly code: string;
  /** The number of lines of other blocks before its own. */
  readonly linesBefore: number;
  /** The reason why it is not run. */
  readonly notRun: string | undefined;
}

/** The checked pages: the README, the documentation, the pages of packages and examples. */
export const findPages = (root: string): readonly string[] =>
  ['.', 'docs', 'packages', 'examples'].flatMap((folder) => pagesUnder(root, folder, folder === '.')).sort();

const pagesUnder = (root: string, folder: string, flat: boolean): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return flat || /^(node_modules|dist|reference|\..*)$/.test(entry.name) ? [] : pagesUnder(root, path, flat);
    return entry.name.endsWith('.md') && entry.name !== 'api.md' ? [path] : [];
  });

/** Returns all fenced blocks of the pages of a repository. */
export const readBlocks = (root: string): readonly Block[] =>
  findPages(root).flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')));

/** Returns the fenced blocks of one page. */
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
 * Returns the TypeScript blocks as programs. A block marked `continues` appends to the one before it on its page. A
 * block marked `no-run:` with a reason is only type-checked.
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

/** Returns the location of a block, for messages. */
export const placeOf = ({ page, line }: Block): string => `${page}:${line}`;
