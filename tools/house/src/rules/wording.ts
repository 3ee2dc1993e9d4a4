/** Refuses openings and phrases that the style page lists, in comments, errors, test titles, headings and pages. */
import { type Prose, proseOfPage, proseOfSource } from '../prose.js';
import type { Rule, Violation } from '../rule.js';
import { openings, phrases } from '../wording.js';

/** Pages that are checked whole; of the others only headings are. */
const wholePages =
  /^(README\.md|docs\/(glossary|contributing\/style)\.md|\.github\/CONTRIBUTING\.md|packages\/[^/]+\/README\.md)$/;

/** This list itself, the page that shows it, and the tests that break it. */
const quoting = new Set([
  'tools/house/src/wording.ts',
  'tools/house/src/rules/wording.test.ts',
  'docs/contributing/style.md',
]);

export const wording: Rule = {
  name: 'wording',
  check: ({ sources, pages }) => {
    const isChecked = (file: { readonly path: string }): boolean => !quoting.has(file.path);
    return [
      ...sources.filter(isChecked).flatMap((source) => violationsOf(source.path, proseOfSource(source))),
      ...pages
        .filter(isChecked)
        .flatMap((page) => violationsOf(page.path, proseOfPage(page, wholePages.test(page.path)))),
    ];
  },
};

/** The violations in some prose of a file. */
export const violationsOf = (path: string, prose: readonly Prose[]): readonly Violation[] =>
  prose.flatMap(({ kind, text, line }) => {
    const opening = kind === 'page' ? undefined : openings.find(({ found }) => found.test(text));
    const inside = phrases.flatMap(({ found, instead }) =>
      [...text.matchAll(found)].map((match) => ({ word: match[0], at: match.index, instead })),
    );
    const at = (index: number): number => line + text.slice(0, index).split('\n').length - 1;
    return [
      ...(opening === undefined
        ? []
        : [
            {
              path,
              line: at(text.search(/\S/)),
              what: `${kind} opens with "${opening.found.exec(text)?.[1]}"`,
              mend: `write ${opening.instead}`,
            },
          ]),
      ...inside.map(({ word, at: index, instead }) => ({
        path,
        line: at(index),
        what: `${kind} says "${word}"`,
        mend: `write ${instead}`,
      })),
    ];
  });
