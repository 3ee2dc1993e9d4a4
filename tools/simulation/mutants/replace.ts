/** Replaces a method or a getter of a class of the runtime. Returns a function that puts it back. */
export const replace = <C extends object>(prototype: C, name: keyof C, by: PropertyDescriptor): (() => void) => {
  const own = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  Object.defineProperty(prototype, name, { configurable: true, ...by });
  return () => void Object.defineProperty(prototype, name, own);
};
