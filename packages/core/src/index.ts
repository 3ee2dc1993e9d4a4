/** The graph and the fluent chain. */
export * from './graph/index.js';
