/** The text in place of a secret. */
export const redacted = '[redacted]';

const secret =
  /pass(word|phrase|wd)?|secret|token|credential|authori[sz]ation|cookie|jaas|private|api[-_.]?key|access[-_.]?key|[-_.]key$|\bpem\b|\bpfx\b|certificate|keystore|signature/i;

/** True for the name of an option, a member or a header that may hold a secret. */
export const isSecretName = (name: string): boolean => secret.test(name);

/** The deepest nesting, and the most elements of a list. */
const [deepest, most] = [5, 50];

/**
 * Returns options as JSON without secrets. Values under the names of secrets, user names and passwords in addresses, and the
 * insides of objects of classes are left out: those may hold a secret under any name.
 */
export const redact = (value: unknown, name = '', depth = 0): unknown => {
  if (value === undefined) return undefined;
  if (isSecretName(name)) return redacted;
  switch (typeof value) {
    case 'string':
      return value.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, `$1${redacted}@`);
    case 'number':
    case 'boolean':
      return value;
    case 'function':
      return `function ${value.name}`.trim();
    case 'object':
      return value === null ? null : redactedObject(value, depth);
    default:
      return String(value);
  }
};

const redactedObject = (value: object, depth: number): unknown => {
  if (depth >= deepest) return '…';
  if (Array.isArray(value)) return value.slice(0, most).map((one) => redact(one, '', depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `a ${value.constructor.name}`;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const shown = redact(member, name, depth + 1);
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
};
