/**
 * Reads the events of all tenants, `events-<tenant>`, also of topics that are created while it runs. Payments go to a topic per
 * country, everything else to one for the rest.
 */
import { json, P, streams, string, topic } from 'kstreams';

type Event =
  | { readonly type: 'payment'; readonly country: string; readonly cents: number }
  | { readonly type: 'login' | 'logout' };
type Payment = Extract<Event, { readonly type: 'payment' }>;

const value = json<Event>();
export const events = { pattern: /^events-[a-z]+$/, key: string, value };
export const others = topic('other-events', { key: string, value });

/** Returns the topic of a country's payments. */
export const paymentsOf = (country: string) => topic(`payments-${country}`, { key: string, value: json<Payment>() });

export const app = streams('fan-out');

const { payments, rest } = app
  .stream(events)
  .match({ payments: { type: 'payment', country: P.string.regex(/^[A-Z]{2}$/) } }, { rest: 'rest' });

payments.to({ key: string, value: json<Payment>(), choose: ({ value: payment }) => `payments-${payment.country}` });
rest.to(others);
