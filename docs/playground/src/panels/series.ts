/** Converts outputs to the lines of a chart. */
import type { Written } from '../model/outputs.js';

export interface Line {
  readonly key: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const mostLines = 6;

/** Returns the fields of values that hold numbers; the empty name stands for the value itself. */
export const numbersIn = (written: readonly Written[]): readonly string[] => {
  const found = new Set<string>();
  for (const { value } of written.slice(-50)) {
    if (typeof value.data === 'number') found.add('');
    else if (typeof value.data === 'object' && value.data !== null) {
      for (const [name, one] of Object.entries(value.data)) if (typeof one === 'number') found.add(name);
    }
  }
  return [...found];
};

const numberAt = (data: unknown, field: string): number | undefined => {
  const found = field === '' ? data : (data as Record<string, unknown> | null)?.[field];
  return typeof found === 'number' ? found : undefined;
};

/** Returns the busiest keys with their numbers over time. A window stands at its start, with its newest number. */
export const linesOf = (written: readonly Written[], field: string): readonly Line[] => {
  const lines = new Map<string, Map<number, number>>();
  for (const { key, value, timestamp } of written) {
    const y = numberAt(value.data, field);
    if (y === undefined) continue;
    const window = key.data as { key?: unknown; start?: number } | null;
    const windowed = typeof window === 'object' && window !== null && typeof window.start === 'number';
    const name = windowed ? String(window.key) : key.text;
    const line = lines.get(name) ?? new Map<number, number>();
    lines.set(name, line);
    line.set(windowed ? (window.start as number) : timestamp, y);
  }
  return [...lines]
    .sort(([, a], [, b]) => b.size - a.size)
    .slice(0, mostLines)
    .map(([key, points]) => ({ key, points: [...points].sort(([a], [b]) => a - b).map(([x, y]) => ({ x, y })) }));
};
