import type { Hover } from './language.js';

/** Creates a small box with a type above and its documentation below. */
export const typeBox = ({ type, documentation }: Pick<Hover, 'type' | 'documentation'>): HTMLElement => {
  const box = document.createElement('div');
  box.className = 'type-box';
  const code = document.createElement('code');
  code.textContent = type;
  box.append(code);
  if (documentation !== '') {
    const text = document.createElement('p');
    text.textContent = documentation;
    box.append(text);
  }
  return box;
};
