/** The text in place of a secret. */
export const redacted = '[redacted]';

const secret =
  /pass(word|phrase|wd)?|secret|token|credential|authori[sz]ation|cookie|jaas|private|api[-_.]?key|access[-_.]?key|[-_.]key$|\bpem\b|\bpfx\b|certificate|keystore|signature/i;

/** True for the name of an option, a member or a header that may hold a secret. */
export const isSecretName = (name: string): boolean => secret.test(name);

/** The deepest nesting, and the most elements of a list. */
const [deepest, most] = [5, 50];

/**
 * Returns options as JSON without secrets: values under the names of secrets, and user names and passwords in addresses. An
 * object with functions is its name or its class only, since its members may hold a secret under any name.
 */
export const redact = (options: object): Readonly<Record<string, unknown>> => redactedMembers(options, 0);

const redactedMember = (value: unknown, name: string, depth: number): unknown => {
  if (value === undefined) return undefined;
  if (isSecretName(name)) return redacted;
  switch (typeof value) {
    case 'string':
      return withoutLogin(value);
    case 'number':
    case 'boolean':
      return value;
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? null : redactedObject(value, depth);
    default:
      return String(value);
  }
};

const redactedObject = (value: object, depth: number): unknown => {
  if (depth >= deepest) return '…';
  if (Array.isArray(value)) return value.slice(0, most).map((one) => redactedMember(one, '', depth + 1));
  if (!isPlain(value)) {
    const { name } = value as { name?: unknown };
    return typeof name === 'string' ? withoutLogin(name) : classOf(value);
  }
  return redactedMembers(value, depth);
};

const redactedMembers = (value: object, depth: number): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const shown = redactedMember(member, name, depth + 1);
      return shown === undefined ? [] : [[name, shown]];
    }),
  );

const classOf = (value: object): string => {
  const own: unknown = value.constructor;
  return typeof own !== 'function' || own === Object ? 'an object with functions' : `an object of ${own.name}`;
};

/** True for an object of data: of no class, and without functions. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isData = prototype === null || prototype === Object.prototype;
  return isData && Object.values(value).every((member) => typeof member !== 'function');
};

const withoutLogin = (text: string): string => text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, `$1${redacted}@`);
