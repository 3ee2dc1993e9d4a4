/** The types of tables and their groups; `npm run types` checks them, each refusal by the error that it expects. */
import { expect, test } from '@jest/globals';
import { double, json, string } from '@kstreams/serde';
import { compiled, typeOf } from '@kstreams/test-support/type-of';
import { tumbling } from '@kstreams/windowing';
import { type GlobalTable, type GroupedTable, type Stream, streams, type Table, topic } from '../index.js';

interface Account {
  readonly region: string;
  readonly balance: number;
  readonly note?: string;
}
interface Closed extends Account {
  readonly closedAt: number;
}

const app = streams('app', { defaults: { key: string, value: json<unknown>() } });
const accounts = app.table(topic('accounts', { key: string, value: json<Account>() }));
const limits = app.table(topic('limits', { key: string, value: double }));
const numbered = app.table(topic('numbered', { key: double, value: string }));
const regions = app.globalTable(topic('regions', { key: string, value: double }));

test('steps keep the key and infer the value, without null', () => {
  typeOf(accounts).is<Table<string, Account>>(true);
  typeOf(regions).is<GlobalTable<string, number>>(true);
  typeOf(accounts.filter((one) => one.balance > 0)).is<Table<string, Account>>(true);
  typeOf(accounts.mapValues((one) => one.note)).is<Table<string, string>>(true);
  typeOf(accounts.mapValues((one) => (one.balance > 0 ? one.balance : null))).is<Table<string, number>>(true);
  typeOf(accounts.toStream()).is<Stream<string, Account | null>>(true);
  typeOf(accounts.with({ value: json<Account | Closed>() })).is<Table<string, Account | Closed>>(true);
  compiled(() => {
    // @ts-expect-error a balance is no text
    accounts.mapValues((one) => one.balance, { value: string });
    // @ts-expect-error a balance is no test
    accounts.filter((one) => one.balance);
    // @ts-expect-error not every account can be written as a closed one
    accounts.with({ value: json<Closed>() });
    // @ts-expect-error a table has no windows
    accounts.window(tumbling('1m'));
    // @ts-expect-error a table is not written to a topic, its changes are
    accounts.to(topic('accounts-2', { key: string, value: json<Account>() }));
  });
});

test('tables are covariant', () => {
  const anything: Table<unknown, unknown> = accounts;
  const everywhere: GlobalTable<string, number | string> = regions;
  const groups: GroupedTable<string, unknown> = accounts.groupBy((one) => [one.region, one]);
  expect([anything, everywhere, groups].every(Boolean)).toBe(true);
  compiled(() => {
    // @ts-expect-error not every account is closed
    const closed: Table<string, Closed> = accounts;
    // @ts-expect-error nor in groups
    const grouped: GroupedTable<string, Closed> = accounts.groupBy((one) => [one.region, one]);
    return [closed, grouped];
  });
});

test('groups are added to and subtracted from', () => {
  const groups = accounts.groupBy((one) => [one.region, one.balance], { key: string, value: double });
  typeOf(groups).is<GroupedTable<string, number>>(true);
  typeOf(accounts.groupBy((one) => (one.note === undefined ? null : [one.note, 1]))).is<GroupedTable<string, number>>(
    true,
  );
  typeOf(groups.count()).is<Table<string, number, never>>(true);
  const plus = (one: number, other: number) => one + other;
  const minus = (one: number, other: number) => one - other;
  typeOf(groups.reduce(plus, minus)).is<Table<string, number, never>>(true);
  typeOf(groups.reduce(plus, (one, other) => (one === other ? null : one - other))).is<Table<string, number>>(true);
  const texts = groups.aggregate(
    () => '',
    (text, balance, region) => `${text}+${region}${balance}`,
    (text, balance) => text.replace(`${balance}`, ''),
    { value: string },
  );
  typeOf(texts).is<Table<string, string>>(true);
  compiled(() => {
    // @ts-expect-error what is added is subtracted again
    groups.reduce(plus);
    // @ts-expect-error nor is an aggregate complete without
    groups.aggregate(() => 0, plus, { value: double });
    // @ts-expect-error a balance is written as a number
    accounts.groupBy((one) => [one.region, one.balance], { key: string, value: string });
    // @ts-expect-error a group has a key and a value
    accounts.groupBy((one) => one.region);
  });
});

test('joined tables have keys of one type; the side that may be missing is undefined', () => {
  typeOf(accounts.join(limits, (one, limit) => limit - one.balance)).is<Table<string, number>>(true);
  typeOf(accounts.leftJoin(limits, (_, limit) => limit)).is<Table<string, number>>(true);
  accounts.outerJoin(limits, (one, limit) => {
    typeOf(one).is<Account | undefined>(true);
    typeOf(limit).is<number | undefined>(true);
    return limit;
  });
  compiled(() => {
    // @ts-expect-error keys are text here and numbers there
    accounts.join(numbered, (one) => one);
    // @ts-expect-error a table is met by tables
    accounts.join(limits.toStream(), (one) => one);
    // @ts-expect-error of which each process has its own part
    accounts.join(regions, (one) => one);
  });
});

test('emit takes the three ways, on aggregates and on tables', () => {
  compiled(() => {
    const orders = topic('orders', { key: string, value: double });
    const app = streams('emitting');
    app.stream(orders).groupByKey().count({ emit: 'on-commit' });
    app.table(orders, { emit: { every: '1s' } });
    app.table(orders).mapValues((value) => value, { emit: 'on-update' });
    // @ts-expect-error windows close, tables do not
    app.stream(orders).groupByKey().count({ emit: 'on-close' });
    // @ts-expect-error a second is '1s'
    app.table(orders, { emit: { every: '1 second' } });
    // @ts-expect-error global tables hand nothing on
    app.globalTable(orders, { emit: 'on-commit' });
  });
});
