import { hoverTooltip } from '@codemirror/view';
import type { Language } from './language.js';
import { typeBox } from './type-box.js';

/** Shows the type of the name under the pointer, such as K and V at each step of a chain. */
export const hoverWith = (language: Language) =>
  hoverTooltip(async ({ state }, at) => {
    const hover = await language.hover(state.doc.toString(), at);
    if (hover === undefined) return null;
    return { pos: hover.from, end: hover.to, create: () => ({ dom: typeBox(hover) }) };
  });
