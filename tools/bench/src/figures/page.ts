import type { Section } from './sections.js';

const end = '<!-- end of figures -->';

/** Returns a page with its sections made from figures, each between its marks. */
export const withFigures = (page: string, sections: readonly Section[], read: (name: string) => string): string =>
  sections.reduce((text, { markdown, name }) => {
    const begin = `<!-- figures: ${name} -->`;
    const [from, to] = [text.indexOf(begin), text.indexOf(end, text.indexOf(begin))];
    if (from < 0 || to < 0) throw new RangeError(`the page has no ${begin} with an ${end}: add both marks`);
    return `${text.slice(0, from + begin.length)}\n\n${markdown(read(name))}\n\n${text.slice(to)}`;
  }, page);
