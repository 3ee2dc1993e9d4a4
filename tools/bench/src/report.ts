import type { Comparison } from './compare.js';

/** Returns a comparison as a table. */
export const asText = ({ byHand, compares, kstreams, name, other, ratio, unit }: Comparison): string => {
  const line = (title: string, median: string, best: string): string =>
    `  ${title.padEnd(22)}${median.padStart(14)}${best.padStart(14)}`;
  const rate = (value: number): string => Math.round(value).toLocaleString('en');
  return [
    `${name}: ${compares}`,
    line(`${unit} per second`, 'median', 'best'),
    line('kstreams', rate(kstreams.median), rate(kstreams.best)),
    line(other, rate(byHand.median), rate(byHand.best)),
    line('ratio', ratio.median.toFixed(3), ratio.best.toFixed(3)),
  ].join('\n');
};
