import { linter } from '@codemirror/lint';
import type { Language, Problem } from './language.js';

/** Underlines compile errors, and reports them. */
export const diagnosticsWith = (language: Language, report: (problems: readonly Problem[]) => void) =>
  linter(
    async ({ state }) => {
      const code = state.doc.toString();
      const diagnostics = await language.diagnostics(code);
      report(
        diagnostics.map(({ from, message, severity }) => {
          const line = state.doc.lineAt(Math.min(from, code.length));
          return { line: line.number, column: from - line.from + 1, message, severity };
        }),
      );
      return diagnostics.map(({ from, to, message, severity }) => ({
        from,
        to: Math.min(to, code.length),
        message,
        severity,
      }));
    },
    { delay: 300 },
  );
