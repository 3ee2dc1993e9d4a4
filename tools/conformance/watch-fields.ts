/** Returns an object that remembers which of its fields were read, so that an unknown field is reported. */
export const watchFields = <T extends object>(whole: T): { readonly watched: T; unread(): readonly string[] } => {
  const seen = new Set<string>();
  const watch = <O extends object>(part: O, path: string): O =>
    new Proxy(part, {
      get: (target, field) => {
        const value: unknown = Reflect.get(target, field);
        seen.add(`${path}${String(field)}`);
        return isObject(value) ? watch(value, `${path}${String(field)}.`) : value;
      },
    });
  const unread = (part: object, path: string): readonly string[] =>
    Object.entries(part).flatMap(([field, value]) => {
      const here = `${path}${field}`;
      if (!seen.has(here)) return [here];
      return isObject(value) ? unread(value, `${here}.`) : [];
    });
  return { watched: watch(whole, ''), unread: () => unread(whole, '') };
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
