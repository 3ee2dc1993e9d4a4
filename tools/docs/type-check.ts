/** Type-checks the documentation's programs against the sources of the packages. */
import { join } from 'node:path';
import ts from 'typescript';
import type { Program } from './blocks.js';

/**
 * Returns the compiler errors of each program, by the lines of its page; none if it compiles. Files in `ambient` declare
 * globals for all programs.
 */
export const typeCheck = (
  root: string,
  programs: readonly Program[],
  files: readonly string[],
  { ambient = [], ...overrides }: ts.CompilerOptions & { readonly ambient?: readonly string[] } = {},
): readonly (readonly string[])[] => {
  const config = ts.readConfigFile(join(root, 'tsconfig.test.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const compiled = ts.createProgram([...files, ...ambient], {
    ...options,
    ...overrides,
    moduleDetection: ts.ModuleDetectionKind.Force,
  });
  return files.map((file, at) =>
    ts
      .getPreEmitDiagnostics(compiled, compiled.getSourceFile(file))
      .map((diagnostic) => complaintOf(diagnostic, programs[at] as Program)),
  );
};

const complaintOf = ({ file, messageText, start = 0 }: ts.Diagnostic, { block, linesBefore }: Program): string => {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line - linesBefore;
  return `${block.page}:${block.line + line} ${message}`;
};
