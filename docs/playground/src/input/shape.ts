/** Structure of a topic's values, inferred from their type. Values are generated from it. */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'date' | 'unknown' }
  | { readonly kind: 'one-of'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Shape>> };

const names = ['ann', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gail', 'hugo'];
const cities = ['Paris', 'Lima', 'Oslo', 'Pune', 'Quito', 'Rome'];
const products = ['tea', 'coffee', 'milk', 'bread', 'salt', 'plums'];
const words = ['to', 'be', 'or', 'not', 'that', 'is', 'the', 'question', 'streams', 'flow', 'by'];

/** Sample texts for a field, chosen by its name. */
const textsFor = (field: string): readonly string[] => {
  if (/customer|user|name|person|account|owner/i.test(field)) return names;
  if (/city|place|region|country|state/i.test(field)) return cities;
  if (/product|item|sku|article/i.test(field)) return products;
  if (/id$|^id/i.test(field)) return names.map((_, at) => `${field.replace(/id$/i, '') || 'n'}-${at + 1}`);
  return words;
};

/** Returns a random value of a shape. */
export const randomValue = (shape: Shape, random: () => number, field = ''): unknown => {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  switch (shape.kind) {
    case 'string':
      return pick(textsFor(field));
    case 'number':
      return /price|total|amount|sum|cost/i.test(field)
        ? Math.round(random() * 10_000) / 100
        : Math.ceil(random() * 100);
    case 'boolean':
      return random() < 0.5;
    case 'one-of':
      return pick(shape.values);
    case 'list':
      return Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomValue(shape.of, random, field));
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.fields).map(([name, one]) => [name, randomValue(one, random, name)]),
      );
    default:
      return null;
  }
};

/** Returns `count` distinct keys for generated records. */
export const keysOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => names[at] ?? `key-${at + 1}`);
