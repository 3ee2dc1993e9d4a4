/** Compares types in tests, which `npm run types` checks. */

/** Whether two types are the same, not merely assignable to each other. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * States the type of a value.
 *
 * @example
 * typeOf(orders.filter(large)).is<Stream<string, Order>>(true)
 */
export const typeOf = <A>(_value: A) => ({ is: <B>(_same: Same<A, B>): void => {} });

/**
 * States that two types are the same.
 *
 * @example
 * same<[typeof sum, typeof order], [number, Order]>(true)
 */
export const same = <A, B>(_same: Same<A, B>): void => {};

/** Holds code that has to compile, or not to with `@ts-expect-error`, and is not run. */
export const compiled = (_code: () => unknown): void => {};
