import { equalBytes } from '@kstreams/core/graph';

/** True when two keys of a table are equal. Keys that are objects are compared by their members. */
export const sameKey = (one: unknown, other: unknown): boolean => {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Uint8Array) return equalBytes(one, other as Uint8Array);
  if (one instanceof Date) return one.getTime() === (other as Date).getTime();
  const members = Object.entries(one);
  return (
    members.length === Object.keys(other).length &&
    members.every(([name, value]) => sameKey(value, (other as Record<string, unknown>)[name]))
  );
};
