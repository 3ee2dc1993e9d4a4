/** The commands of docs/guide/command-line.md print the lines below them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { transformSync } from 'esbuild';
import { embedded } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';
import { main } from '../../packages/cli/src/main.js';
import { readBlocks } from './blocks.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = readBlocks(root).filter(({ page }) => page === 'docs/guide/command-line.md');
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .map(({ code }) => {
    const [command = '', ...output] = code.trimEnd().split('\n');
    return [command, output.map((line) => line.replace(/^# /, ''))] as const;
  });

let folder: string;
const log = embedded();

beforeAll(async () => {
  folder = mkdtempSync(join(root, 'node_modules', '.command-line-'));
  const program = blocks.find(({ language }) => language === 'ts')?.code ?? '';
  writeFileSync(join(folder, 'shop.js'), transformSync(program, { loader: 'ts' }).code);
  const admin = await log.admin();
  const compacted = { 'cleanup.policy': 'compact' };
  await admin.create([
    { name: 'orders', partitions: 1, config: {} },
    { name: 'best-sellers', partitions: 1, config: {} },
    { name: 'shop-sales-changelog', partitions: 1, config: compacted },
  ]);
  await admin.close();
  const producer = await log.producer({ clientId: 'orders' });
  const orders = [
    ['o-1', { item: 'tea', amount: 2 }],
    ['o-2', { item: 'rye', amount: 1 }],
  ] as const;
  orders.forEach(([key, order], second) => {
    producer.send({
      topic: 'orders',
      partition: 0,
      key: toUtf8(key),
      value: toUtf8(JSON.stringify(order)),
      timestamp: Date.UTC(2026, 0, 31, 12, 0, second),
      headers: [],
    });
  });
  await producer.flush();
  await producer.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(commands)('%s', async (command, expected) => {
  const printed: string[] = [];
  const [, piped, rest = ''] = /^(?:echo '(.*)' \| )?(.*)$/.exec(command) ?? [];
  const given = rest
    .replace('init shop', `init ${join(folder, 'shop')}`)
    .replaceAll('shop.ts', join(folder, 'shop.js'))
    .split(' ')
    .slice(1);
  const code = await main(given, {
    print: (text) => printed.push(...text.replace(`${relative('.', folder)}/`, '').split('\n')),
    report: (line) => printed.push(line),
    input: (async function* () {
      if (piped !== undefined) yield piped;
    })(),
    // The log stays open for the next command.
    connect: async () => Object.assign(Object.create(log), { close: async () => {} }),
  });
  const lines = printed.filter((line) => line !== '');
  const cut = expected.indexOf('…');
  expect({ code, lines: cut < 0 ? lines : [...lines.slice(0, cut), '…'] }).toEqual({ code: 0, lines: expected });
});
