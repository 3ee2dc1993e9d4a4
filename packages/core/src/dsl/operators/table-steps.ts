import type { AnySerde } from '../../graph/serde.js';
import { keyValue } from '../../graph/views/key-value.js';
import { appendNode } from '../append.js';
import { type ChainPosition, serdeOf, stepName } from '../position.js';
import type { TableRows } from '../table.js';
import { type RowStep, rowNode } from './table-map.js';

/** Appends a step from rows to rows; a name keeps its rows in a store. */
export const rowsAt = <K, V, V2>(
  from: ChainPosition,
  step: RowStep<K, V, V2>,
  options: { readonly name?: string; readonly value?: AnySerde },
): [ChainPosition, TableRows] => {
  const { id, named } = stepName(from.chain, step.operator, options.name);
  const known = options.value ?? (step.operator === 'table-map-values' ? undefined : from.value.serde);
  const after = { ...from, value: known === undefined ? { changedBy: id } : { serde: known } };
  const store = named
    ? keyValue<K, V2>(id, { key: serdeOf(from, 'key', step.operator), value: serdeOf(after, 'value', step.operator) })
    : undefined;
  return [appendNode(after, rowNode(id, from.node, step, store)), { store }];
};
