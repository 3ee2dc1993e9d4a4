/** The hovered types and underlined errors of the chain in an editor, from the compiler. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const folder = dirname(fileURLToPath(import.meta.url));
const path = join(folder, 'shown-in-an-editor.ts');

const head = `
import { byKey, within } from '@kstreams/joins';
import { double, json, string } from '@kstreams/serde';
import { tumbling } from '@kstreams/windowing';
import { streams, topic } from '../index.js';
interface Order { readonly customer: string; readonly total: number; readonly coupon?: string }
type Payment = { readonly state: 'paid'; readonly amount: number } | { readonly state: 'failed'; readonly reason: string };
const orders = streams('app').stream(topic('orders', { key: string, value: json<Order>() }));
const payments = streams('app').stream(topic('payments', { key: string, value: json<Payment>() }));
const customers = streams('app').table(topic('customers', { key: string, value: json<{ name: string }>() }));
const numbered = streams('app').table(topic('numbered', { key: double, value: string }));
`;

/** Whole, and by the names that an editor shows. */
const shown = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;

/** One program for all lines: the type of each that is a value, the error of each that has one. */
const show = (lines: readonly string[]): { readonly types: string[]; readonly errors: string[] } => {
  const { config } = ts.readConfigFile(join(folder, '../../../../tsconfig.test.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, join(folder, '../../../..'));
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  const text = head + lines.map((line, i) => `export const line${i} = ${line};`).join('\n');
  host.getSourceFile = (name, version) =>
    name === path ? ts.createSourceFile(name, text, version, true) : getSourceFile.call(host, name, version);
  const program = ts.createProgram([path], options, host);
  const source = program.getSourceFile(path) as ts.SourceFile;
  const checker = program.getTypeChecker();
  const statements = source.statements.slice(-lines.length) as ts.VariableStatement[];
  const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return {
    types: statements.map(({ declarationList }) => {
      const declaration = declarationList.declarations[0] as ts.VariableDeclaration;
      return checker.typeToString(checker.getTypeAtLocation(declaration), declaration, shown);
    }),
    errors: statements.map((statement) =>
      diagnostics
        .filter(({ start = 0 }) => start >= statement.pos && start < statement.end)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
        .join(' '),
    ),
  };
};

describe('types inferred with no annotation', () => {
  const hovers: readonly (readonly [line: string, type: string])[] = [
    ['orders', 'Stream<string, Order>'],
    ['orders.filter((order) => order.total > 0)', 'Stream<string, Order>'],
    ['orders.with({ key: string })', 'Stream<string, Order>'],
    ['orders.mapValues((order) => order.total)', 'Stream<string, number>'],
    ['orders.map((order, id) => [order.total, { id, order }])', 'Stream<number, { id: string; order: Order; }>'],
    ['orders.flatMap((order) => [[order.customer, order.total]])', 'Stream<string, number>'],
    ["orders.flatMapValues((order) => order.customer.split(' '))", 'Stream<string, string>'],
    ['orders.selectKey((order) => order.total)', 'Stream<number, Order>'],
    ['orders.peek((order) => order.total)', 'Stream<string, Order>'],
    ['orders.merge(payments)', 'Stream<string, Order | Payment>'],
    ['orders.groupBy((order) => order.customer)', 'GroupedStream<string, Order>'],
    ["orders.groupByKey().window(tumbling('1m'))", 'WindowedStream<string, Order, null>'],
    [
      "orders.groupByKey().window(tumbling('1m')).aggregate(() => 0, (sum, order) => sum + order.total)",
      'Table<Windowed<string>, number, null>',
    ],
    ['orders.groupByKey().aggregate(() => 0, (sum, order) => sum + order.total)', 'Table<string, number, null>'],
    [
      'orders.groupByKey().reduce((one, other) => (one.total > other.total ? one : other))',
      'Table<string, Order, never>',
    ],
    ['orders.toTable()', 'Table<string, Order, null>'],
    ['orders.toTable().toStream()', 'Stream<string, Order | null>'],
    ['orders.leftJoin(customers, (order, customer) => customer?.name ?? order.customer)', 'Stream<string, string>'],
    [
      "orders.join(payments, within('1m'), ({ total }, { state }) => ({ total, state }))",
      'Stream<string, { total: number; state: "paid" | "failed"; }>',
    ],
    [
      "payments.match({ paid: { state: 'paid' } }, { rest: 'others' }).paid",
      'Stream<string, { readonly state: "paid"; readonly amount: number; }>',
    ],
    [
      "payments.match({ paid: { state: 'paid' } }, { rest: 'others' }).others",
      'Stream<string, { readonly state: "failed"; readonly reason: string; }>',
    ],
  ];
  const { types, errors } = show(hovers.map(([line]) => line));

  test.each(hovers.map(([line, type], i) => ({ line, type, i })))('$line is $type', ({ type, i }) => {
    expect(errors[i]).toBe('');
    expect(types[i]).toBe(type);
  });
});

describe('errors say what to do', () => {
  const promise = 'returns a promise: use mapAsync';
  const nothing = "returns undefined: return a value, or null for Kafka's null";
  const refusals: readonly (readonly [line: string, message: string])[] = [
    ['orders.mapValues(async (order) => order.total)', promise],
    ['orders.map(async (order) => [order.customer, order.total])', promise],
    ['orders.map((order) => [order.customer, Promise.resolve(order)])', promise],
    ['orders.flatMap(async (order) => [[order.customer, order.total]])', promise],
    ['orders.flatMapValues(async (order) => [order.total])', promise],
    ['orders.selectKey(async (order) => order.customer)', promise],
    ['orders.groupBy(async (order) => order.customer)', promise],
    ['orders.filter(async (order) => order.total > 0)', promise],
    ['orders.filterNot(async (order) => order.total > 0)', promise],
    ['orders.peek(async (order) => {})', promise],
    ['orders.forEach(async (order) => {})', promise],
    ['orders.split({ large: async (order) => order.total > 0 })', promise],
    ['orders.join(customers, async (order, customer) => order)', promise],
    ["orders.outerJoin(payments, within('1m'), async (order, payment) => order)", promise],
    ['customers.filter(async (customer) => true)', promise],
    ['customers.filterNot(async (customer) => true)', promise],
    ['customers.mapValues(async (customer) => customer)', promise],
    ['customers.join(customers, async (one, other) => one)', promise],
    ['customers.groupBy(async (customer) => [customer.name, 1])', promise],
    ['orders.mapValues((order) => order.coupon)', "'string | undefined' is not assignable to type 'string'"],
    ['orders.mapValues((order) => { order.total; })', nothing],
    ['orders.join(customers, () => undefined)', nothing],
    ['orders.join(numbered, (order) => order)', "'number' is not assignable to type 'string'"],
    ["payments.match({ paid: { state: 'paid' } })", 'some values may match no pattern'],
    ["payments.match({ lost: { state: 'lost' } })", '"lost"'],
    ["orders.window(tumbling('1m'))", "Property 'window' does not exist on type 'Stream<string, Order>'"],
  ];
  const { errors } = show(refusals.map(([line]) => line));

  test.each(refusals.map(([line, message], i) => ({ line, message, i })))('$line: $message', ({ message, i }) => {
    expect(errors[i]).toContain(message);
  });
});
