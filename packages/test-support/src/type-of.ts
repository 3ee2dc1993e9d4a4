/** Type assertions, checked by `npm run types`. */

/** True when two types are identical, not merely assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * Asserts the type of a value.
 *
 * @example
 * typeOf(orders.filter(large)).is<Stream<string, Order>>(true)
 */
export const typeOf = <A>(_value: A) => ({ is: <B>(_same: Same<A, B>): void => {} });

/**
 * Asserts that two types are identical.
 *
 * @example
 * same<[typeof sum, typeof order], [number, Order]>(true)
 */
export const same = <A, B>(_same: Same<A, B>): void => {};

/** Holds code that must compile, or fail to with `@ts-expect-error`. It never runs. */
export const compiled = (_code: () => unknown): void => {};
