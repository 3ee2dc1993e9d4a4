/** The compiler in a worker: completion, hover, errors and the shapes of topics for one file. */
import declarationsUrl from 'virtual:declarations';
import typescriptUrl from 'virtual:typescript';
import type * as TypeScript from 'typescript';
import { ambient } from './ambient.js';
import type { Completion, Diagnostic, Edit, Hover, LanguageRequest, LanguageResponse } from './language.js';
import { topicShapes } from './topic-shapes.js';

const file = '/snippet.ts';

const load = async () => {
  const [{ default: ts }, declarations] = await Promise.all([
    import(/* @vite-ignore */ typescriptUrl) as Promise<{ default: typeof TypeScript }>,
    fetch(declarationsUrl).then((response) => response.json() as Promise<Record<string, string>>),
  ]);
  const files = new Map(Object.entries({ ...declarations, '/ambient.d.ts': ambient }));
  return { ts, files, service: ts.createLanguageService(hostOf(ts, files)) };
};

let version = 0;

const hostOf = (ts: typeof TypeScript, files: Map<string, string>): TypeScript.LanguageServiceHost => {
  const folders = new Set(
    [...files.keys()].flatMap((name) => name.split('/').map((_, at, parts) => parts.slice(0, at).join('/') || '/')),
  );
  const options: TypeScript.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  return {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file, '/ambient.d.ts'],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot: (name) => {
      const text = files.get(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => '/lib/lib.es2023.d.ts',
    fileExists: (name) => files.has(name),
    readFile: (name) => files.get(name),
    directoryExists: (name) => folders.has(name.replace(/\/$/, '') || '/'),
    getDirectories: () => [],
  };
};

const formatting = (ts: typeof TypeScript): TypeScript.FormatCodeSettings => ({
  indentSize: 2,
  tabSize: 2,
  semicolons: ts.SemicolonPreference.Insert,
});

const ready = load();

const respond = async (request: LanguageRequest): Promise<LanguageResponse['result']> => {
  const { ts, files, service } = await ready;
  if (files.get(file) !== request.code) {
    files.set(file, request.code);
    version++;
  }
  const text = (parts: TypeScript.SymbolDisplayPart[] | undefined): string => ts.displayPartsToString(parts);
  switch (request.kind) {
    case 'diagnostics':
      return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
        ({ start = 0, length = 1, messageText, category }): Diagnostic => ({
          from: start,
          to: start + length,
          message: ts.flattenDiagnosticMessageText(messageText, '\n'),
          severity: category === ts.DiagnosticCategory.Error ? 'error' : 'warning',
        }),
      );
    case 'hover': {
      const info = service.getQuickInfoAtPosition(file, request.at);
      if (info === undefined) return undefined;
      const { start, length } = info.textSpan;
      return {
        from: start,
        to: start + length,
        type: text(info.displayParts),
        documentation: text(info.documentation),
      } satisfies Hover;
    }
    case 'completions': {
      const found = service.getCompletionsAtPosition(file, request.at, { includeCompletionsForModuleExports: false });
      return (found?.entries ?? [])
        .filter(({ sortText }) => Number(sortText) < 16)
        .map(({ name, kind, sortText }): Completion => ({ label: name, kind, order: sortText }));
    }
    case 'details': {
      const details = service.getCompletionEntryDetails(file, request.at, request.name, {}, undefined, {}, undefined);
      if (details === undefined) return undefined;
      return {
        from: request.at,
        to: request.at,
        type: text(details.displayParts),
        documentation: text(details.documentation),
      } satisfies Hover;
    }
    case 'format':
      return service
        .getFormattingEditsForDocument(file, { ...ts.getDefaultFormatCodeSettings('\n'), ...formatting(ts) })
        .map(({ newText, span }): Edit => ({ from: span.start, to: span.start + span.length, insert: newText }));
    case 'shapes':
      return topicShapes(ts, service, file);
  }
};

self.onmessage = async ({ data }: MessageEvent<LanguageRequest & { id: number }>) => {
  try {
    self.postMessage({ id: data.id, result: await respond(data) } satisfies LanguageResponse);
  } catch (thrown) {
    self.postMessage({ id: data.id, failed: String(thrown) } satisfies LanguageResponse);
  }
};
