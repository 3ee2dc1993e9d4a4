import type { Instrument } from '@kstreams/core/graph';

/** The units of UCUM notation that Prometheus names in words. A noun in braces has none. */
const unitNames: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', '1': 'ratio' };

/**
 * Returns the name of an instrument in Prometheus, by the rules of OpenTelemetry: `kstreams.poll.duration` in seconds is
 * `kstreams_poll_duration_seconds`, and counters end in `_total`.
 */
export const metricName = ({ kind, name, unit }: Instrument): string => {
  const unitName = unit === '1' && kind !== 'gauge' ? undefined : unitNames[unit];
  const parts = [labelName(name)];
  if (unitName !== undefined && !name.endsWith(unitName)) parts.push(unitName);
  if (kind === 'counter') parts.push('total');
  return parts.join('_');
};

/** Returns the name of a label for an attribute: `kstreams.node` is `kstreams_node`. */
export const labelName = (attribute: string): string => attribute.replaceAll(/[^A-Za-z0-9_]/g, '_');
