/** Returns an object with some of its methods replaced. */
export const override = <T extends object>(target: T, own: Partial<T>): T =>
  new Proxy(target, {
    get: (_, name) => {
      if (name in own) return own[name as keyof T];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
