import { Unsupported } from './unsupported.js';

const known = {
  topology: ['name', 'config', 'topology', 'describe', 'subtopologies', 'copartitionGroups'],
  part: ['sourceTopics', 'sinkTopics', 'repartitionSourceTopics', 'changelogTopics'],
  internal: ['kind', 'configs'],
  case: ['name', 'kind', 'origin', 'verified', 'config', 'topology', 'steps', 'stores'],
  config: ['cache', 'topologyOptimization', 'applicationId'],
  step: ['in', 'advanceWallClockMs', 'out', 'dropped', 'throws'],
  in: ['topic', 'key', 'value', 'ts'],
  out: ['topic', 'key', 'value', 'ts'],
  row: ['key', 'value', 'ts'],
  windowed: ['key', 'start', 'end'],
} as const;

/** Throws {@link Unsupported} for an unread field of a case. Fields of statements are watched as they are built. */
export const checkFields = (one: object): void => {
  const { config, steps, stores = {} } = one as { config: object; steps: readonly object[]; stores?: object };
  check('case', one);
  check('config', config);
  for (const step of steps) {
    check('step', step);
    const { in: input, out } = step as { in?: object; out: readonly object[] };
    if (input !== undefined) check('in', input);
    for (const emitted of out) check('out', emitted);
  }
  for (const row of Object.values(stores).flat()) check('row', row);
};

/** Throws {@link Unsupported} for an unread field of a topology case. */
export const checkTopologyFields = (one: object): void => {
  const { config, subtopologies } = one as { config: object; subtopologies: Readonly<Record<string, object>> };
  check('topology', one);
  check('config', config);
  for (const part of Object.values(subtopologies)) {
    check('part', part);
    const { repartitionSourceTopics, changelogTopics } = part as Readonly<
      Record<string, Readonly<Record<string, object>>>
    >;
    for (const topic of Object.values({ ...repartitionSourceTopics, ...changelogTopics })) check('internal', topic);
  }
};

const check = (what: keyof typeof known, part: object): void => {
  for (const [field, value] of Object.entries(part)) {
    if (!(known[what] as readonly string[]).includes(field)) throw new Unsupported(`field ${what}.${field}`);
    if (field === 'key' && typeof value === 'object' && value !== null) check('windowed', value);
  }
};
