import { linter } from '@codemirror/lint';
import type { Language } from './language.js';

/** Underlines what the compiler complains of. */
export const complainWith = (language: Language) =>
  linter(
    async ({ state }) => {
      const code = state.doc.toString();
      const complaints = await language.complaints(code);
      return complaints.map(({ from, to, message, severity }) => ({
        from,
        to: Math.min(to, code.length),
        message,
        severity,
      }));
    },
    { delay: 300 },
  );
