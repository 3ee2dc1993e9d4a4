/**
 * Turns TypeScript into JavaScript for jest with the compiler's own `transpileModule`: no native part, so tests run
 * wherever Node does.
 */
const { createHash } = require('node:crypto');
const ts = require('typescript');

const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
};

module.exports = {
  process: (source, path) => ({ code: ts.transpileModule(source, { fileName: path, compilerOptions }).outputText }),
  getCacheKey: (source, path) =>
    createHash('sha1')
      .update(ts.version)
      .update(JSON.stringify(compilerOptions))
      .update(path)
      .update(source)
      .digest('hex'),
};
