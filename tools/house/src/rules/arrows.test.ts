import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { arrows } from './arrows.js';

const ofOne = (path: string, text: string) => complaints(arrows, { [path]: text });

test('a package imports only those below it', () => {
  const text = "import { start } from '@kstreams/runtime';";
  expect(ofOne('packages/joins/src/within.ts', text)).toEqual(['packages/joins/src/within.ts:1 joins imports runtime']);
  expect(ofOne('packages/testing/src/test-driver.ts', text)).toEqual([]);
  expect(ofOne('packages/joins/src/within.test.ts', text)).toEqual([]);
});

test('nothing below imports the front door, not even its types', () => {
  expect(ofOne('packages/core/src/a.ts', "\nexport type A = import('kstreams').A;")).toEqual([
    'packages/core/src/a.ts:2 core imports kstreams',
  ]);
});

test('the chain imports the graph, never the reverse', () => {
  expect(
    ofOne('packages/core/src/graph/passes/a.ts', "import type { Stream } from '../../dsl/stream.js';"),
  ).toHaveLength(1);
  expect(ofOne('packages/core/src/dsl/a.ts', "import type { Topic } from '../graph/topic.js';")).toEqual([]);
});

test('the runtime and add-ons import the entries of core that hold no chain', () => {
  const path = 'packages/runtime/src/task/a.ts';
  expect(ofOne(path, "import type { Topic } from '@kstreams/core/graph';")).toEqual([]);
  expect(ofOne(path, "import type { Stream } from '@kstreams/core';")).toEqual([`${path}:1 runtime imports core`]);
  expect(ofOne(path, "import type { Stream } from '@kstreams/core/dsl';")).toEqual([
    `${path}:1 runtime imports core/dsl`,
  ]);
});

test('a folder imports only those below it', () => {
  expect(ofOne('packages/core/src/graph/a.ts', "import { a } from '../state/a.js';")).toEqual([
    'packages/core/src/graph/a.ts:1 core/graph imports core/state',
  ]);
  expect(ofOne('packages/core/src/graph/passes/a.ts', "import { a } from '../../index.js';")).toEqual([
    'packages/core/src/graph/passes/a.ts:1 core/graph imports core/index',
  ]);
  expect(ofOne('packages/core/src/dsl/a.ts', "import { a } from '../state/a.js';")).toEqual([]);
  expect(ofOne('packages/runtime/src/task/a.ts', "import { a } from '../worker/a.js';")).toEqual([
    'packages/runtime/src/task/a.ts:1 runtime/task imports runtime/worker',
  ]);
});

test('private packages of tests import every package, and Node', () => {
  const text = "import 'node:fs';\nimport '@kstreams/kafka';";
  expect(ofOne('packages/test-support/src/a.ts', text)).toEqual([]);
});

test('a relative path stays in its package', () => {
  expect(ofOne('packages/serde/src/a.ts', "export * from '../../core/src/index.js';")).toHaveLength(1);
});

test('each library lives in one place', () => {
  expect(ofOne('packages/runtime/src/a.ts', "import { map } from 'rxjs/operators';")).toEqual([]);
  expect(ofOne('packages/core/src/a.ts', "import { map } from 'rxjs/operators';")).toHaveLength(1);
  expect(ofOne('packages/stores/src/a.ts', "await import('@confluentinc/kafka-javascript');")).toHaveLength(1);
  expect(ofOne('packages/core/src/a.ts', "import _ from 'lodash';")).toEqual([
    'packages/core/src/a.ts:1 core imports "lodash"',
  ]);
});

test('modules of Node stay in state on Level, kafka and cli', () => {
  const text = "import { join } from 'node:path';";
  expect(ofOne('packages/level/src/state/slot.ts', text)).toEqual([]);
  expect(ofOne('packages/level/src/log/level-log.ts', text)).toHaveLength(1);
  expect(ofOne('packages/kafka/src/client.ts', text)).toEqual([]);
  expect(ofOne('packages/stores/src/memory.ts', text)).toHaveLength(1);
});
