import type { AnySerde } from '../../graph/serde.js';
import { keyValue } from '../../state/key-value.js';
import { appendNode } from '../append.js';
import { type Callback, refuseAsync } from '../callback.js';
import { type Emitting, emitAt } from '../emission.js';
import { type ChainPosition, madeSerde, serdeOf, stepName } from '../position.js';
import type { TableRows } from '../table.js';
import { type RowStep, rowNode } from './table-map.js';

/** Appends a step from rows to rows; a name keeps its rows in a store. */
export const rowsAt = <K, V, V2>(
  { position: from, rows }: { readonly position: ChainPosition; readonly rows: TableRows },
  operator: RowStep<K, V, V2>['operator'],
  callback: Callback,
  compute: RowStep<K, V, V2>['compute'],
  options: Emitting & { readonly name?: string; readonly value?: AnySerde },
): [ChainPosition, TableRows] => {
  const { id, named } = stepName(from.chain, operator, options.name);
  refuseAsync(id, callback);
  const mapped = operator === 'table-map-values';
  const value = mapped ? (options.value === undefined ? { changedBy: id } : { serde: options.value }) : from.value;
  const serdes = named && {
    key: serdeOf(from, 'key', id),
    value: mapped ? madeSerde(from.chain, options.value, 'value', id, 'result') : serdeOf(from, 'value', id),
  };
  const store = serdes ? keyValue<K, V2>(id, serdes) : undefined;
  const skipsNothing = !mapped && rows.history === undefined;
  const inputTells = skipsNothing && from.chain.graph.tellsBefore(from.node);
  const node = rowNode(id, from.node, { operator, compute, skipsNothing, inputTells }, store);
  return [
    emitAt(appendNode(from, node, { value }), options.emit, named),
    store === undefined ? { history: rows.history } : { store },
  ];
};
