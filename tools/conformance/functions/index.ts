/** The named user functions of the vectors, as their `doc.functions` define them. */
export { adders, merged, reducers, subtractors } from './aggregators.js';
export { foreignKeys } from './foreign-keys.js';
export { joiners } from './joiners.js';
export { groupings, keyFunctions } from './keys.js';
export { textOf, type Value } from './text-of.js';
export { predicateOf, valueMappers } from './values.js';
