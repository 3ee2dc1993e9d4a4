import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { context } from './example-context.js';
import { readExamples } from './examples.js';
import { typeCheck } from './type-check.js';
import { openWorkspace } from './workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the examples of doc comments compile', () => {
  const examples = readExamples(root);
  const workspace = openWorkspace(root, examples);
  try {
    const ambient = join(workspace.folder, 'context.d.ts');
    writeFileSync(ambient, context);
    expect(examples.length).toBeGreaterThan(100);
    expect(
      typeCheck(root, examples, workspace.files, { ambient: [ambient], verbatimModuleSyntax: false }).flat(),
    ).toEqual([]);
  } finally {
    workspace.remove();
  }
});
