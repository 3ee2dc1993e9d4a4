/**
 * Finds modules for jest: `./x.js` may be `./x.ts`, workspace packages are read from their sources. Jest's own resolver
 * is a native binding that `npm ci --omit=optional` leaves out; this one is JavaScript throughout.
 */
const fs = require('node:fs');
const { isBuiltin } = require('node:module');
const { CachedInputFileSystem, ResolverFactory } = require('enhanced-resolve');

const fileSystem = new CachedInputFileSystem(fs, 4000);
const resolvers = new Map();

const resolverFor = (conditions) => {
  const key = conditions.join();
  if (!resolvers.has(key)) {
    const resolver = ResolverFactory.createResolver({
      fileSystem,
      conditionNames: conditions,
      extensions: ['.js', '.json', '.cjs', '.node'],
      extensionAlias: { '.js': ['.ts', '.js'] },
      useSyncFileSystemCalls: true,
    });
    resolvers.set(key, resolver);
  }
  return resolvers.get(key);
};

module.exports = {
  sync: (specifier, { basedir, conditions = [] }) =>
    isBuiltin(specifier) ? specifier : resolverFor([...conditions]).resolveSync({}, basedir, specifier),
};
