/** The table of instruments in docs/metrics.md, made from the declarations in the code. */
import type { Instrument } from '@kstreams/core/graph';
import { instruments as embedded } from '../../packages/embedded/src/client/instruments.js';
import { instruments as kafka } from '../../packages/kafka-common/src/instruments.js';
import { instruments as level } from '../../packages/level/src/state/instruments.js';
import { instruments as query } from '../../packages/query/src/service/instruments.js';
import { instruments as runtime } from '../../packages/runtime/src/telemetry/instruments.js';
import { instruments as snapshots } from '../../packages/snapshots/src/instruments.js';
import { instruments as stores } from '../../packages/stores/src/instruments.js';

/** The declared instruments, by the package that has them. */
export const instrumentsByPackage: Readonly<Record<string, readonly Instrument[]>> = {
  runtime: Object.values(runtime),
  embedded: Object.values(embedded),
  kafka: Object.values(kafka),
  stores: Object.values(stores),
  level: Object.values(level),
  snapshots: Object.values(snapshots),
  query: Object.values(query),
};

/** Returns the table in Markdown, one line per instrument. */
export const metricsTable = (): string => {
  const rows = Object.entries(instrumentsByPackage).flatMap(([from, instruments]) =>
    instruments.map(({ attributes, description, kind, name, unit }) =>
      [`\`${name}\``, kind, `\`${unit}\``, attributes.map((one) => `\`${one}\``).join(' '), description, from].join(
        ' | ',
      ),
    ),
  );
  return ['name | kind | unit | attributes | meaning | from', '-- | -- | -- | -- | -- | --', ...rows]
    .map((row) => `| ${row} |\n`)
    .join('');
};
