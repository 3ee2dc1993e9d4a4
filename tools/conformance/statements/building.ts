import type { EmitStrategy } from '@kstreams/core';
import { nullable, type Serde, type Streams, string } from 'kstreams';
import type { CaseConfig, Statement } from '../case.js';
import { Unsupported } from '../unsupported.js';

// biome-ignore lint/suspicious/noExplicitAny: statements are wired by name, their types are known to the vectors only
export type Any = any;

/** What the records of a topic are written with. */
export interface Serdes {
  readonly key: Serde<Any>;
  readonly value: Serde<Any>;
}

/** One statement about to be built. Every field that it reads counts as understood; what stays unread is unsupported. */
export interface Building {
  readonly app: Streams;
  readonly config: CaseConfig;
  readonly statement: Statement;
  /** What the statement is called on: `src`. */
  readonly from: Any;
  /** What it is called with: `other`. */
  readonly other: Any;
  /** The statements that are called on this one's result. */
  readonly readers: readonly Statement[];
  /** Names a further result, as the branches of a split. */
  readonly make: (id: string, result: Any) => void;
  /** Says what the records of an output topic are read with. */
  readonly writes: (topic: string, serdes: Serdes) => void;
}

/** How each op is called with the public API. */
export type Builders = Readonly<Record<string, (building: Building) => Any>>;

/** Text that may be null, as in all input topics of the vectors. */
export const text = nullable(string);

/** The name of a store, of the kind that keeps the newest value only. */
export const named = ({ store }: Statement): { readonly name?: string } => {
  if (store === undefined) return {};
  if (store.type === 'versioned') throw new Unsupported('versioned store');
  void store.caching;
  return { name: store.name };
};

/** How a table is kept: by the name of its store, with a history if that is versioned; behind a cache, it emits on commit. */
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

/** A function by its name, or what the vectors ask for that we do not know. */
export const pick = <F>(from: Readonly<Record<string, F>>, name: string | undefined, what: string): F => {
  const found = from[name as string];
  if (found === undefined) throw new Unsupported(`${what} ${name}`);
  return found;
};
