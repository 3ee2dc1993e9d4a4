import type { Hover } from './language.js';

/** What the compiler says of a name, as a small box: the type above, the documentation below. */
export const typeBox = ({ type, says }: Pick<Hover, 'type' | 'says'>): HTMLElement => {
  const box = document.createElement('div');
  box.className = 'type-box';
  const code = document.createElement('code');
  code.textContent = type;
  box.append(code);
  if (says !== '') {
    const text = document.createElement('p');
    text.textContent = says;
    box.append(text);
  }
  return box;
};
