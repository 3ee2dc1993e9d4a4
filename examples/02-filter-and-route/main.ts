/** Drops empty payments and routes the others by type and country. */
import { json, streams, string, topic } from 'kstreams';

interface Card {
  readonly type: 'card';
  readonly amount: number;
  readonly country: string;
}
interface Transfer {
  readonly type: 'transfer';
  readonly amount: number;
  readonly bank: string;
}
type Payment = Card | Transfer;

const payments = topic('payments', { key: string, value: json<Payment>() });
export const foreign = topic('foreign-cards', { key: string, value: json<Card>() });
export const cards = topic('cards', { key: string, value: json<Card>() });
export const banks = topic('banks', { key: string, value: string });

export const app = streams('payments');

const { transfer, card } = app
  .stream(payments)
  .filter((payment) => payment.amount > 0)
  .match({ transfer: { type: 'transfer' }, card: { type: 'card' } }); // leaving one out does not compile

const { abroad, home } = card.split({ abroad: ({ country }) => country !== 'NL' }, { rest: 'home' });

abroad.to(foreign);
home.to(cards);
transfer.mapValues(({ bank }) => bank).to(banks);

export const sample = [
  [payments, 'p1', { type: 'card', amount: 10, country: 'NL' }, 0],
  [payments, 'p2', { type: 'transfer', amount: 20, bank: 'ING' }, 1],
  [payments, 'p3', { type: 'card', amount: 30, country: 'DE' }, 2],
  [payments, 'p4', { type: 'card', amount: 0, country: 'NL' }, 3],
] as const;
export const output = [foreign, cards, banks];
