/** The tables of a graph as a batch computation over the last value of each input key. */
import {
  aggregateOf,
  hasEndedAtRest,
  inputsOf,
  isLastKey,
  rules,
  type TableStep,
  type TableUpdate,
  topicOf,
} from './table-graphs.js';

type Rows = ReadonlyMap<string, number>;

/** Returns the rows of each table of a graph, for all updates of its topics. */
export const batchTables = (graph: readonly TableStep[], updates: readonly TableUpdate[]): readonly Rows[] => {
  const tables: Rows[] = [];
  for (const step of graph) tables.push(rowsOf(step, tables, updates));
  return tables;
};

/** A written record of a table: null deletes. */
export interface WrittenRow {
  readonly key: string;
  readonly value: number | null;
  readonly timestamp: number;
}

/** Returns the last value of each key: by offset, or by timestamp for a table with a history. */
export const lastRows = (written: readonly WrittenRow[], versioned: boolean): ReadonlyMap<string, number> => {
  const last = new Map<string, WrittenRow>();
  for (const one of written) {
    if (!versioned || one.timestamp >= (last.get(one.key)?.timestamp ?? 0)) last.set(one.key, one);
  }
  return new Map([...last].flatMap(([key, { value }]) => (value === null ? [] : [[key, value]])));
};

const rowsOf = (step: TableStep, tables: readonly Rows[], updates: readonly TableUpdate[]): Rows => {
  const { operator } = step;
  const own = updates.filter(({ topic }) => topic === topicOf(step));
  const [input, other] = inputsOf(tables, step);
  switch (operator) {
    case 'table':
      return lastOf(own);
    case 'ending':
      return lastOf(own.map((update) => (hasEndedAtRest(update.timestamp) ? { ...update, value: null } : update)));
    case 'history':
      return lastOf(own.toSorted((one, next) => one.timestamp - next.timestamp));
    case 'suppressed':
      return lastOf(own.filter(({ key }) => !isLastKey(key)));
    case 'counted':
      return grouped(
        own.flatMap(({ key, value }) => (value === null ? [] : [[key, value]])),
        'count',
      );
    case 'filter':
      return computed(input, (value) => (rules.filter(value) ? value : null));
    case 'mapValues':
    case 'processValues':
      return computed(input, rules[operator]);
    case 'join':
    case 'leftJoin':
    case 'outerJoin':
      return joined(operator, input, other);
    case 'foreign-key join':
      return computed(input, (value) => {
        const found = other.get(rules.foreignKey(value) ?? '');
        return found === undefined ? null : rules.join(value, found);
      });
    case 'foreign-key leftJoin':
      return computed(input, (value) => rules.join(value, other.get(rules.foreignKey(value) ?? '')));
    case 'aggregate':
    case 'reduce':
    case 'count':
      return grouped(
        [...input.values()].flatMap((value) => {
          const group = rules.group(value);
          return group === null ? [] : [[group, value]];
        }),
        operator,
      );
    case 'toTable':
      return input;
  }
};

const lastOf = (updates: readonly TableUpdate[]): Rows => {
  const rows = new Map<string, number>();
  for (const { key, value } of updates) {
    if (value === null) rows.delete(key);
    else rows.set(key, value);
  }
  return rows;
};

const computed = (rows: Rows, compute: (value: number, key: string) => number | null): Rows =>
  new Map(
    [...rows].flatMap(([key, value]): (readonly [string, number])[] => {
      const result = compute(value, key);
      return result === null ? [] : [[key, result]];
    }),
  );

const joined = (kind: 'join' | 'leftJoin' | 'outerJoin', left: Rows, right: Rows): Rows => {
  const keys = kind === 'outerJoin' ? new Set([...left.keys(), ...right.keys()]) : left.keys();
  const matched = [...keys].filter((key) => kind !== 'join' || right.has(key));
  return computed(new Map(matched.map((key) => [key, 0])), (_, key) => rules.join(left.get(key), right.get(key)));
};

const grouped = (
  values: readonly (readonly [group: string, value: number])[],
  operator: 'aggregate' | 'reduce' | 'count',
): Rows => {
  const groups = new Map<string, number[]>();
  for (const [group, value] of values) groups.set(group, [...(groups.get(group) ?? []), value]);
  return new Map([...groups].map(([group, all]) => [group, aggregateOf(operator, all)]));
};
