import type { CompletionSource } from '@codemirror/autocomplete';
import type { Language } from './language.js';
import { typeBox } from './type-box.js';

/** The editor's completion types by the compiler's kinds. */
const kinds: Readonly<Record<string, string>> = {
  method: 'method',
  property: 'property',
  getter: 'property',
  const: 'constant',
  let: 'variable',
  var: 'variable',
  function: 'function',
  'local function': 'function',
  class: 'class',
  interface: 'interface',
  type: 'type',
  alias: 'variable',
  keyword: 'keyword',
  parameter: 'variable',
};

/** Completes methods, names and properties from the compiler, each with its type. */
export const completeWith =
  (language: Language): CompletionSource =>
  async ({ state, pos, explicit }) => {
    const word = /[\w$]*$/.exec(state.sliceDoc(Math.max(0, pos - 60), pos))?.[0] ?? '';
    const from = pos - word.length;
    const before = state.sliceDoc(Math.max(0, from - 1), from);
    if (!explicit && word === '' && before !== '.') return null;
    const code = state.doc.toString();
    const found = await language.completions(code, pos);
    return {
      from,
      validFor: /^[\w$]*$/,
      options: found.map(({ label, kind, order }) => ({
        label,
        type: kinds[kind] ?? 'variable',
        boost: order === '11' ? 1 : 0,
        info: async () => {
          const details = await language.details(code, pos, label);
          return details === undefined ? null : typeBox(details);
        },
      })),
    };
  };
