/**
 * Elapsed time is monotonic: the wall clock may be set back. Packages read the time and set timers through a `Clock`, and its
 * wall clock only in the files that date something.
 */
import ts from 'typescript';
import type { Rule, Violation } from '../rule.js';
import { lineOf, type Source, walk } from '../source.js';

/** The files that use the clocks and timers of the system: a clock, and turns of the event loop. */
const systemFiles = [
  /^packages\/core\/src\/graph\/clock\.ts$/,
  /^packages\/(core|simulation)\/src\/.*\/yield-to-event-loop\.ts$/,
  /^packages\/testing\/src\/slow-store\.ts$/,
];

/** The files that read the wall clock, since users mean it there. */
const wallFiles: ReadonlyMap<string, 'timestamps' | 'retention' | 'staleness' | 'instants' | 'simulated time'> =
  new Map([
    ['packages/embedded/src/log/cleaner.ts', 'retention'],
    ['packages/query/src/reads/held-rows.ts', 'staleness'],
    ['packages/inspector/src/events/event-log.ts', 'timestamps'],
    ['packages/runtime/src/app/open-application.ts', 'timestamps'],
    ['packages/runtime/src/global/global-table-updater.ts', 'retention'],
    ['packages/runtime/src/metadata/metadata-exchange.ts', 'timestamps'],
    ['packages/runtime/src/restore/store-restore.ts', 'retention'],
    ['packages/runtime/src/task/restored-row.ts', 'timestamps'],
    ['packages/runtime/src/task/schedule-list.ts', 'instants'],
    ['packages/runtime/src/task/task-parts.ts', 'timestamps'],
    ['packages/runtime/src/task/task.ts', 'instants'],
    ['packages/runtime/src/topic-io/write-topic.ts', 'timestamps'],
    ['packages/runtime/src/task/topic-limits.ts', 'timestamps'],
    ['packages/runtime/src/worker/commit.ts', 'retention'],
    ['packages/runtime/src/worker/latency-sampler.ts', 'timestamps'],
    ['packages/runtime/src/worker/rebalance.ts', 'staleness'],
    ['packages/runtime/src/worker/resume-positions.ts', 'timestamps'],
    ['packages/runtime/src/worker/task-opener.ts', 'staleness'],
    ['packages/testing/src/driver-tasks.ts', 'simulated time'],
    ['packages/testing/src/test-driver.ts', 'simulated time'],
    ['packages/testing/src/transport-checks/transport-harness.ts', 'timestamps'],
  ]);

export const clocks: Rule = {
  name: 'clocks',
  check: ({ sources }) =>
    sources.filter(({ isTest, room }) => !isTest && room !== undefined).flatMap((source) => readsOf(source)),
};

const readsOf = (source: Source): readonly Violation[] => {
  const found: Violation[] = [];
  const { path } = source;
  const add = (node: ts.Node, what: string, mend: string): void => {
    found.push({ path, line: lineOf(source, node), what, mend });
  };
  walk(source.tree, (node) => {
    const text = readOf(node);
    if (text === undefined) return undefined;
    if (/^(Date|performance)\b|^set(Timeout|Interval)$/.test(text)) {
      if (!systemFiles.some((file) => file.test(path))) add(node, `\`${text}\``, 'use the clock that is passed in');
    } else if (/clock\.now$/i.test(text) && !wallFiles.has(path) && !isClock(path)) {
      add(node, 'the wall clock', 'measure elapsed time with `monotonic`; list files that date something in the rule');
    }
    return undefined;
  });
  return found;
};

/** Returns the called function that reads a clock or sets a timer. */
const readOf = (node: ts.Node): string | undefined => {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'Date';
  if (!ts.isCallExpression(node)) return undefined;
  const text = node.expression.getText();
  return /\bnow$|^set(Timeout|Interval)$/.test(text) ? text : undefined;
};

const isClock = (path: string): boolean => /clock\.ts$/.test(path);
