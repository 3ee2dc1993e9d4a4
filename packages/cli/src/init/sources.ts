import type { Log, ProjectChoices, TestRunner } from './choices.js';

/** The contents of `tsconfig.json`. */
export const tsconfig = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ['src', 'test'],
  },
  null,
  2,
)}\n`;

/** Returns `src/topology.ts`. */
export const topologySource = ({
  name,
}: ProjectChoices): string => `import { double, json, streams, string, topic } from 'kstreams';

export interface Order {
  readonly item: string;
  readonly amount: number;
}

export const orders = topic('orders', { key: string, value: json<Order>() });
export const revenue = topic('revenue', { key: string, value: double });

export const app = streams('${name}');

// The amounts of all orders of each item.
app
  .stream(orders)
  .groupBy((order) => order.item, { key: string })
  .aggregate(
    () => 0,
    (total, order) => total + order.amount,
    { name: 'totals', value: double },
  )
  .toStream()
  .to(revenue);
`;

const mains: Readonly<Record<Log, string>> = {
  embedded: `import { type Entry, embedded, fromAsyncIterable, start, toAsyncIterable } from 'kstreams';
import { app, type Order, orders, revenue } from './topology.ts';

// The log is in a folder, and the state beside it: no server is needed.
const transport = embedded({ folder: '.kstreams/log' });
const running = await start(app, { transport, signals: true });

// Three orders at each start, in place of a real source.
async function* sampleOrders(): AsyncGenerator<Entry<string, Order>> {
  yield { key: 'o-1', value: { item: 'tea', amount: 5 } };
  yield { key: 'o-2', value: { item: 'rye', amount: 3 } };
  yield { key: 'o-3', value: { item: 'tea', amount: 4 } };
}
await fromAsyncIterable(sampleOrders(), orders, { transport });

// Prints totals until a signal closes the application.
const closing = new AbortController();
running.state$.subscribe({ complete: () => closing.abort() });
const { signal } = closing;
for await (const { key, value } of toAsyncIterable(revenue, { transport, signal })) console.log(key, value);
await transport.close();
`,
  kafka: `import { start } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { app } from './topology.ts';

const brokers = process.env.KSTREAMS_BROKERS ?? 'localhost:9092';
await start(app, { transport: kafka({ brokers }), signals: true });
console.log(\`\${app.name} runs on \${brokers}\`);
`,
};

/** Returns \`src/main.ts\`. */
export const mainSource = ({ log }: ProjectChoices): string => mains[log];

const assertions: Readonly<Record<TestRunner, { readonly imports: string; readonly expects: string }>> = {
  node: {
    imports: "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n",
    expects: 'assert.deepEqual(totals, expected)',
  },
  vitest: { imports: "import { expect, test } from 'vitest';\n", expects: 'expect(totals).toEqual(expected)' },
  jest: { imports: "import { expect, test } from '@jest/globals';\n", expects: 'expect(totals).toEqual(expected)' },
};

/** Returns \`test/topology.test.ts\`. */
export const testSource = ({ test }: ProjectChoices): string => {
  const { expects, imports } = assertions[test];
  const ours = "import { testDriver } from '@kstreams/testing';\n";
  const [first, second] = test === 'jest' ? [imports, ours] : test === 'node' ? [imports, ours] : [ours, imports];
  return `${first}${second}import { app, orders, revenue } from '../src/topology.ts';

test('revenue is the sum of the orders of an item', () => {
  const driver = testDriver(app);
  driver.input(orders).pipe('o-1', { item: 'tea', amount: 5 });
  driver.input(orders).pipe('o-2', { item: 'rye', amount: 3 });
  driver.input(orders).pipe('o-3', { item: 'tea', amount: 4 });
  const totals = driver.output(revenue).read().map(({ key, value }) => [key, value]);
  const expected = [['tea', 5], ['rye', 3], ['tea', 9]];
  ${expects};
});
`;
};
