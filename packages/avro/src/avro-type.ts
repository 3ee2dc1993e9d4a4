import type { LogicalType, LogicalTypes } from './logical-types.js';

/** An Avro schema as a JavaScript value: a type name, a union, or the definition of a type. */
export type AvroSchema = string | readonly AvroSchema[] | AvroDefinition;

interface AvroDefinition {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly aliases?: readonly string[];
  readonly logicalType?: string;
  readonly fields?: readonly AvroField[];
  readonly symbols?: readonly string[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly size?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly default?: unknown;
}

interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
  readonly doc?: string;
  readonly aliases?: readonly string[];
  readonly order?: 'ascending' | 'descending' | 'ignore';
}

/** The settings of `AvroType`: the type of longs, the logical types, and the whole schema with its named types. */
interface Reading {
  readonly long: number | bigint;
  readonly logical: LogicalTypes;
  readonly root: AvroSchema;
}

/**
 * The type of a schema's values. A name that the schema does not define is `unknown`: give the type yourself,
 * `avro<Order>(schema)`.
 *
 * @example
 * type Price = AvroType<{ type: 'record'; name: 'Price'; fields: [{ name: 'cents'; type: 'int' }] }> // { readonly cents: number }
 */
export type AvroType<
  S extends AvroSchema,
  L extends number | bigint = number,
  T extends LogicalTypes = Record<never, never>,
> = IsLiteral<S> extends true ? ValueOf<S, { readonly long: L; readonly logical: T; readonly root: S }> : unknown;

/** False for `any`, and for schemas that are only known at run time. */
type IsLiteral<S> = 0 extends 1 & S ? false : AvroSchema extends S ? false : string extends S ? false : true;

type ValueOf<S, R extends Reading> = S extends string
  ? OfName<S, R>
  : S extends readonly unknown[]
    ? OfUnion<S, R>
    : S extends { readonly logicalType: infer N extends keyof R['logical'] }
      ? OfLogical<R['logical'][N]>
      : S extends { readonly type: infer T }
        ? T extends 'record' | 'error'
          ? OfRecord<S, R>
          : T extends 'enum'
            ? S extends { readonly symbols: readonly (infer N)[] }
              ? N
              : never
            : T extends 'array'
              ? S extends { readonly items: infer I }
                ? readonly ValueOf<I, R>[]
                : never
              : T extends 'map'
                ? S extends { readonly values: infer V }
                  ? { readonly [key: string]: ValueOf<V, R> }
                  : never
                : T extends 'fixed'
                  ? Uint8Array
                  : ValueOf<T, R>
        : unknown;

interface Primitives {
  readonly null: null;
  readonly boolean: boolean;
  readonly int: number;
  readonly float: number;
  readonly double: number;
  readonly bytes: Uint8Array;
  readonly string: string;
}

type OfName<S extends string, R extends Reading> = S extends keyof Primitives
  ? Primitives[S]
  : S extends 'long'
    ? R['long']
    : Definition<R['root'], S> extends infer D
      ? [D] extends [never]
        ? unknown
        : ValueOf<D, R>
      : never;

type OfLogical<C> = C extends LogicalType<infer T> ? T : never;

type OfRecord<S, R extends Reading> = S extends { readonly fields: readonly (infer F)[] }
  ? {
      readonly [N in F as N extends { readonly name: infer K extends string } ? K : never]: N extends {
        readonly type: infer T;
      }
        ? ValueOf<T, R>
        : never;
    }
  : never;

/** Branches of one JavaScript type are wrapped in an object with the name of the branch. */
type OfUnion<S extends readonly unknown[], R extends Reading> =
  IsAmbiguous<S, R> extends true ? Wrapped<S[number], R> : ValueOf<S[number], R>;

type Wrapped<B, R extends Reading> = B extends 'null' ? null : { readonly [N in BranchName<B>]: ValueOf<B, R> };

type BranchName<B> = B extends string
  ? B
  : B extends { readonly namespace: infer P extends string; readonly name: infer N extends string }
    ? `${P}.${N}`
    : B extends { readonly name: infer N extends string }
      ? N
      : B extends { readonly type: infer T extends string }
        ? T
        : never;

type IsAmbiguous<S extends readonly unknown[], R extends Reading, Seen = never> = S extends readonly [
  infer First,
  ...infer Rest,
]
  ? Kind<First, R> extends infer K
    ? [K] extends [never]
      ? IsAmbiguous<Rest, R, Seen>
      : K extends Seen
        ? true
        : IsAmbiguous<Rest, R, Seen | K>
    : never
  : false;

/** The JavaScript type of a branch; never for logical types, bytes and bigints, which differ by their values. */
type Kind<B, R extends Reading> = B extends { readonly logicalType: keyof R['logical'] }
  ? never
  : B extends { readonly type: infer T }
    ? KindOfName<T extends string ? T : never, R>
    : B extends string
      ? KindOfName<B, R>
      : never;

type KindOfName<N extends string, R extends Reading> = N extends 'int' | 'float' | 'double'
  ? 'number'
  : N extends 'long'
    ? R['long'] extends number
      ? 'number'
      : never
    : N extends 'string' | 'enum'
      ? 'string'
      : N extends 'bytes' | 'fixed'
        ? never
        : N extends 'record' | 'error' | 'map'
          ? 'object'
          : N extends 'null' | 'boolean' | 'array'
            ? N
            : Definition<R['root'], N> extends { readonly type: infer T extends string }
              ? KindOfName<T, R>
              : never;

/** The definition of a named type within a schema. */
type Definition<S, N extends string> = S extends readonly (infer B)[]
  ? Definition<B, N>
  : S extends { readonly type: 'record' | 'enum' | 'fixed' | 'error'; readonly name: infer M extends string }
    ? N extends M | (S extends { readonly namespace: infer P extends string } ? `${P}.${M}` : never)
      ? S
      : S extends { readonly fields: readonly (infer F)[] }
        ? F extends { readonly type: infer T }
          ? Definition<T, N>
          : never
        : never
    : S extends { readonly items: infer I }
      ? Definition<I, N>
      : S extends { readonly values: infer V }
        ? Definition<V, N>
        : S extends { readonly type: infer T extends object }
          ? Definition<T, N>
          : never;
