/** The graph and the fluent chain. */
export * from './dsl/index.js';
export * from './graph/index.js';
