/** The graph, its state stores and the fluent chain. */
export * from './dsl/index.js';
export * from './graph/index.js';
export * from './state/index.js';
