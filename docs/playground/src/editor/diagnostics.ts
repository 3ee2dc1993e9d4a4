import { linter } from '@codemirror/lint';
import type { Language } from './language.js';

/** Underlines compile errors. */
export const diagnosticsWith = (language: Language) =>
  linter(
    async ({ state }) => {
      const code = state.doc.toString();
      const diagnostics = await language.diagnostics(code);
      return diagnostics.map(({ from, to, message, severity }) => ({
        from,
        to: Math.min(to, code.length),
        message,
        severity,
      }));
    },
    { delay: 300 },
  );
