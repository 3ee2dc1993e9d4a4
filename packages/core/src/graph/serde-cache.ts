import type { AnySerde } from './serde.js';

/** The serde made from some arguments, and those made from the same arguments and more. */
interface Branch {
  serde?: AnySerde;
  readonly objects: WeakMap<object, Branch>;
  readonly primitives: Map<unknown, Branch>;
}

/**
 * The serdes that a function has created. Equal arguments give the same object, since serdes are compared as objects. Unused
 * serdes are collected with their arguments.
 *
 * @example
 * const created = new SerdeCache()
 * const renamed = <T>(serde: Serde<T>, name: string): Serde<T> => created.get([serde, name], () => ({ ...serde, name }))
 */
export class SerdeCache {
  readonly #root = branch();

  /** Returns the serde of these arguments, which is created in the first call. */
  get<S extends AnySerde>(args: readonly unknown[], create: () => S): S {
    let at = this.#root;
    for (const arg of args) at = next(at, arg);
    at.serde ??= create();
    return at.serde as S;
  }
}

const branch = (): Branch => ({ objects: new WeakMap(), primitives: new Map() });

const next = ({ objects, primitives }: Branch, arg: unknown): Branch => {
  const isObject = (typeof arg === 'object' && arg !== null) || typeof arg === 'function';
  const branches = (isObject ? objects : primitives) as Map<unknown, Branch>;
  const known = branches.get(arg) ?? branch();
  branches.set(arg, known);
  return known;
};
