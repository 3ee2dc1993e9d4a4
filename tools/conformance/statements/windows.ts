import { hopping, session, sliding, tumbling, unlimited } from 'kstreams';
import type { CaseWindow, Statement } from '../case.js';
import type { Any, Builders } from './building.js';

/** The windows of a group. */
export const windowStatements: Builders = {
  windowedBy: ({ statement, from, readers }) =>
    from.window(windowOf(statement.window as CaseWindow, statement.emit ?? 'update', readers)),
};

const windowOf = (window: CaseWindow, emit: 'update' | 'close', readers: readonly Statement[]): Any => {
  if (window.type === 'unlimited') return unlimited({ from: window.start, emit: `on-${emit}` as 'on-update' });
  const options = { grace: window.grace, retention: retentionOf(readers), emit: `on-${emit}` } as const;
  if (window.type === 'session') return session(window.gap as number, options);
  if (window.type === 'sliding') return sliding(window.diff as number, options);
  const { size, advance = size } = window;
  return size === advance
    ? tumbling(size as number, options)
    : hopping(size as number, { ...options, advance: advance as number });
};

/** Kafka Streams sets the retention with the store, kstreams with the window. */
const retentionOf = (readers: readonly Statement[]): number | undefined =>
  readers.map(({ store }) => store?.retention).find((retention) => retention !== undefined);
