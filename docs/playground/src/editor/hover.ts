import { hoverTooltip } from '@codemirror/view';
import type { Language } from './language.js';
import { typeBox } from './type-box.js';

/** Shows the type of what the pointer rests on: along a chain, K and V at each step. */
export const hoverWith = (language: Language) =>
  hoverTooltip(async ({ state }, at) => {
    const hover = await language.hover(state.doc.toString(), at);
    if (hover === undefined) return null;
    return { pos: hover.from, end: hover.to, create: () => ({ dom: typeBox(hover) }) };
  });
