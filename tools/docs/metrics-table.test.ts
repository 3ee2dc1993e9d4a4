import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { instrumentsByPackage, metricsTable } from './metrics-table.js';

const page = new URL('../../docs/metrics.md', import.meta.url);
const all = Object.values(instrumentsByPackage).flat();

test('docs/metrics.md has the declared instruments', () => {
  expect(readFileSync(page, 'utf8')).toContain(metricsTable());
});

describe.each(all.map((instrument) => [instrument.name, instrument] as const))('%s', (_, instrument) => {
  test('has a name in dots, a unit that is no part of the name, and a sentence', () => {
    const { attributes, description, name, unit } = instrument;
    expect(name).toMatch(/^(kstreams|messaging)(\.[a-z][a-z_]*)+$/);
    expect(name).not.toMatch(/seconds|bytes|total/);
    expect(unit).toMatch(/^(s|By|1|\{[a-z]+\})$/);
    expect(description).toMatch(/^[A-Z].*\.$/);
    for (const attribute of attributes) expect(attribute).toMatch(/^(kstreams|messaging)(\.[a-z][a-z_]*)+$/);
    expect(new Set(attributes).size).toBe(attributes.length);
  });

  test('is declared alike in all packages', () => {
    for (const other of all.filter(({ name }) => name === instrument.name)) expect(other).toEqual(instrument);
  });
});
