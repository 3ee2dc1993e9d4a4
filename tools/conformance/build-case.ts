import { type Streams, streams } from 'kstreams';
import type { Case, Statement } from './case.js';
import type { Any, Serdes } from './statements/building.js';
import { builders } from './statements/index.js';
import { Unsupported } from './unsupported.js';
import { watchFields } from './watch-fields.js';

/** A topology with the serdes of its output topics. */
export interface BuiltCase {
  readonly app: Streams;
  readonly outputs: ReadonlyMap<string, Serdes>;
}

/** Builds the topology of a case with the public API. Throws {@link Unsupported} for unknown parts. */
export const buildCase = ({ config, topology }: Pick<Case, 'config' | 'topology'>): BuiltCase => {
  const app = streams(config.applicationId ?? 'case');
  const made = new Map<string, Any>();
  const outputs = new Map<string, Serdes>();
  const watches = topology.map((statement) => watchFields(statement));
  const statements = watches.map(({ watched }) => watched);
  for (const statement of statements) {
    const { op, id } = statement;
    const build = builders[op];
    if (build === undefined) throw new Unsupported(op);
    const result = build({
      app,
      config,
      statement,
      get from() {
        return resultOf(made, statement, 'src');
      },
      get other() {
        return resultOf(made, statement, 'other');
      },
      readers: statements.filter((reader, index) => topology[index]?.src === id && id !== undefined && reader),
      make: (name, branch) => made.set(name, branch),
      writes: (name, serdes) => outputs.set(name, serdes),
    });
    if (id !== undefined) made.set(id, result);
  }
  for (const [index, { unread }] of watches.entries())
    for (const field of unread()) throw new Unsupported(`${topology[index]?.op} with ${field}`);
  return { app, outputs };
};

const resultOf = (made: ReadonlyMap<string, Any>, statement: Statement, field: 'src' | 'other'): Any => {
  const id = statement[field];
  if (id === undefined || made.has(id)) return made.get(id as string);
  throw new Unsupported(`${field} ${id}, which no statement before makes,`);
};
