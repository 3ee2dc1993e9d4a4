import type { EmitStrategy } from '@kstreams/core';
import { nullable, type Serde, type Streams, string } from 'kstreams';
import type { CaseConfig, Statement } from '../case.js';
import { Unsupported } from '../unsupported.js';

// biome-ignore lint/suspicious/noExplicitAny: statements are wired by name, their types are known to the vectors only
export type Any = any;

/** The serdes of a topic. */
export interface Serdes {
  readonly key: Serde<Any>;
  readonly value: Serde<Any>;
}

/** A statement that is being built. Fields that are read count as supported, all others do not. */
export interface Building {
  readonly app: Streams;
  readonly config: CaseConfig;
  readonly statement: Statement;
  /** The receiver of the statement: `src`. */
  readonly from: Any;
  /** The argument of the statement: `other`. */
  readonly other: Any;
  /** The statements on this one's result. */
  readonly readers: readonly Statement[];
  /** Names a further result, such as a branch of a split. */
  readonly make: (id: string, result: Any) => void;
  /** Sets the serdes of an output topic. */
  readonly writes: (topic: string, serdes: Serdes) => void;
}

/** The call of the public API for each op. */
export type Builders = Readonly<Record<string, (building: Building) => Any>>;

/** Text that may be null, as in all input topics of the vectors. */
export const text = nullable(string);

/** Returns the name of a store that keeps only the latest value. */
export const named = ({ store }: Statement): { readonly name?: string } => {
  if (store === undefined) return {};
  if (store.type === 'versioned') throw new Unsupported('versioned store');
  void store.caching;
  return { name: store.name };
};

/** Returns the options of a table: its store name, its history if versioned, and emission on commit behind a cache. */
export const kept = ({
  statement,
  config,
}: Building): { readonly name?: string; readonly history?: number; readonly emit?: EmitStrategy } => {
  const { store } = statement;
  if (store?.type === 'versioned') return { name: store.name, history: store.historyRetention };
  const cached = config.cache === true && store !== undefined && store.caching !== false;
  return { ...named(statement), ...(cached && { emit: 'on-commit' }) };
};

/** A store of text. */
export const stored = (statement: Statement): { readonly name?: string; readonly value: Serde<string> } => ({
  ...named(statement),
  value: string,
});

/** Returns a function by name. Throws {@link Unsupported} for unknown names. */
export const pick = <F>(from: Readonly<Record<string, F>>, name: string | undefined, what: string): F => {
  const found = from[name as string];
  if (found === undefined) throw new Unsupported(`${what} ${name}`);
  return found;
};
