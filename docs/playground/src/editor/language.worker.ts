/** The compiler beside the page: completion, hover, errors and the shapes of topics for one file. */
import declarationsUrl from 'virtual:declarations';
import typescriptUrl from 'virtual:typescript';
import type * as TypeScript from 'typescript';
import { ambient } from './ambient.js';
import type { Answer, Asked, Complaint, Completion, Hover } from './language.js';
import { topicShapes } from './topic-shapes.js';

const file = '/snippet.ts';

const load = async () => {
  const [{ default: ts }, declarations] = await Promise.all([
    import(/* @vite-ignore */ typescriptUrl) as Promise<{ default: typeof TypeScript }>,
    fetch(declarationsUrl).then((answer) => answer.json() as Promise<Record<string, string>>),
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

const ready = load();

const answer = async (asked: Asked): Promise<Answer['answer']> => {
  const { ts, files, service } = await ready;
  if (files.get(file) !== asked.code) {
    files.set(file, asked.code);
    version++;
  }
  const text = (parts: TypeScript.SymbolDisplayPart[] | undefined): string => ts.displayPartsToString(parts);
  switch (asked.kind) {
    case 'complaints':
      return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
        ({ start = 0, length = 1, messageText, category }): Complaint => ({
          from: start,
          to: start + length,
          message: ts.flattenDiagnosticMessageText(messageText, '\n'),
          severity: category === ts.DiagnosticCategory.Error ? 'error' : 'warning',
        }),
      );
    case 'hover': {
      const info = service.getQuickInfoAtPosition(file, asked.at);
      if (info === undefined) return undefined;
      const { start, length } = info.textSpan;
      return {
        from: start,
        to: start + length,
        type: text(info.displayParts),
        says: text(info.documentation),
      } satisfies Hover;
    }
    case 'completions': {
      const found = service.getCompletionsAtPosition(file, asked.at, { includeCompletionsForModuleExports: false });
      return (found?.entries ?? [])
        .filter(({ sortText }) => Number(sortText) < 16)
        .map(({ name, kind, sortText }): Completion => ({ label: name, kind, order: sortText }));
    }
    case 'details': {
      const details = service.getCompletionEntryDetails(file, asked.at, asked.name, {}, undefined, {}, undefined);
      if (details === undefined) return undefined;
      return {
        from: asked.at,
        to: asked.at,
        type: text(details.displayParts),
        says: text(details.documentation),
      } satisfies Hover;
    }
    case 'shapes':
      return topicShapes(ts, service, file);
  }
};

self.onmessage = async ({ data }: MessageEvent<Asked & { id: number }>) => {
  try {
    self.postMessage({ id: data.id, answer: await answer(data) } satisfies Answer);
  } catch (thrown) {
    self.postMessage({ id: data.id, failed: String(thrown) } satisfies Answer);
  }
};
