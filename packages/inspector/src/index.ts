/** A live page of an application, as an extension. */
export { type Inspector, type InspectorServerOptions, inspector } from './inspector.js';
export { type InspectorHandler, inspectorHandler } from './inspector-handler.js';
export type { InspectorOptions } from './options.js';
