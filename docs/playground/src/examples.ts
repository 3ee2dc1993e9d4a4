import type { InputPlan } from './run/messages.js';

/** An example, with its input where the default does not show it. */
export interface Example {
  readonly title: string;
  readonly code: string;
  readonly input?: InputPlan;
}

/** The examples of the playground; it opens with the first. */
export const examples: readonly Example[] = [
  {
    title: 'Flight delays',
    code: `import { by, json, streams, string, topic, tumbling, windowed } from 'kstreams';

type Flight = { date: string; delay: number; origin: string; destination: string };
type Airport = { name: string; city: string; state: string };
type Day = { flights: number; total: number; worst: number };

const flights = topic('flights', { key: string, value: json<Flight>() });
const airports = topic('airports', { key: string, value: json<Airport>() });
const delays = topic('delays-by-state-and-day', { key: windowed(string), value: json<Day>() });

const demo = streams('flights-demo');

demo
  .stream(flights)
  .filter((flight) => flight.delay > 0)
  .join(
    demo.globalTable(airports),
    by((flight) => flight.origin),
    (flight, airport) => ({ ...flight, state: airport.state }),
    { value: json<Flight & { state: string }>() },
  )
  .groupBy((flight) => flight.state, { key: string })
  .window(tumbling('1d', { grace: '1h' }))
  .aggregate(
    (): Day => ({ flights: 0, total: 0, worst: 0 }),
    (day, { delay }) => ({
      flights: day.flights + 1,
      total: day.total + delay,
      worst: Math.max(day.worst, delay),
    }),
    { name: 'days', value: json<Day>() },
  )
  .toStream()
  .to(delays);
`,
  },
  {
    title: 'Word count',
    code: `import { countSerde, streams, string, topic } from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const counts = topic('counts', { key: string, value: countSerde });

const app = streams('word-count');

app
  .stream(lines)
  .flatMapValues((line) => line.split(' '), { value: string })
  .groupBy((word) => word, { key: string })
  .count({ name: 'words' })
  .toStream()
  .to(counts);
`,
  },
  {
    title: 'Windows that close',
    code: `import { double, streams, string, topic, tumbling, windowed } from 'kstreams';

const sales = topic('sales', { key: string, value: double });
const totals = topic('totals', { key: windowed(string), value: double });

const shop = streams('shop');

shop
  .stream(sales)
  .groupByKey()
  .window(tumbling('10s', { grace: '2s', emit: 'on-close' }))
  .reduce((sum, amount) => sum + amount, { name: 'sales-per-10s' })
  .toStream()
  .to(totals);
`,
  },
  {
    title: 'Two streams joined',
    code: `import { json, streams, string, topic, within } from 'kstreams';

type Order = { id: string; total: number };
type Payment = { id: string; amount: number };

const orders = topic('orders', { key: string, value: json<Order>() });
const payments = topic('payments', { key: string, value: json<Payment>() });
const paid = topic('paid', { key: string, value: json<{ order: Order; payment: Payment | undefined }>() });

const shop = streams('shop');

shop
  .stream(orders)
  .leftJoin(shop.stream(payments), within('5s', { grace: '2s' }), (order, payment) => ({ order, payment }))
  .to(paid);
`,
  },
  {
    title: 'Earthquakes by region',
    code: `import { hopping, json, streams, string, topic, windowed } from 'kstreams';

type Quake = { magnitude: number; place: string; region: string; depth: number };
type Summary = { count: number; strongest: number };

const quakes = topic('earthquakes', { key: string, value: json<Quake>() });
const summaries = topic('quakes-by-region', { key: windowed(string), value: json<Summary>() });

const watch = streams('quake-watch');

watch
  .stream(quakes)
  .filter((quake) => quake.magnitude >= 1)
  .groupBy((quake) => quake.region, { key: string })
  .window(hopping('6h', { advance: '3h' }))
  .aggregate(
    (): Summary => ({ count: 0, strongest: 0 }),
    (summary, { magnitude }) => ({ count: summary.count + 1, strongest: Math.max(summary.strongest, magnitude) }),
    { name: 'regions', value: json<Summary>() },
  )
  .toStream()
  .to(summaries);
`,
  },
  {
    title: 'Async calls',
    code: `import { json, streams, string, topic } from 'kstreams';

type Order = { customer: string; total: number };

const orders = topic('orders', { key: string, value: json<Order>() });
const rated = topic('rated-orders', { key: string, value: json<Order & { rating: string }>() });

// Stands for a call over HTTP.
const ratingOf = async (customer: string): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, customer.length * 3));
  return customer.length > 3 ? 'gold' : 'silver';
};

const shop = streams('shop');

shop
  .stream(orders)
  .mapAsync(async (order) => ({ ...order, rating: await ratingOf(order.customer) }), {
    concurrency: 4,
    order: 'key',
    value: json<Order & { rating: string }>(),
  })
  .to(rated);
`,
  },
  {
    title: 'Timers: silent devices',
    code: `import { double, keyValue, streams, string, timers, topic } from 'kstreams';

const readings = topic('readings', { key: string, value: double });
const alerts = topic('alerts', { key: string, value: string });

const last = keyValue('last', { key: string, value: double });
const silence = timers('silence', { key: string });

const sensors = streams('sensors');

sensors
  .stream(readings)
  .process(
    ({ forward, store, timers: open }) => {
      const rows = store(last);
      const due = open(silence, (device, at) => {
        forward({ key: device, value: \`silent since \${rows.get(device)}\`, timestamp: at, headers: [] });
      });
      return ({ key, timestamp, value }) => {
        rows.put(key, value, timestamp);
        due.set(key, timestamp + 6_000);
      };
    },
    { stores: [last, silence], key: string, value: string },
  )
  .to(alerts);
`,
  },
  {
    title: 'One result per window: suppress',
    code: `import { countSerde, streams, string, topic, tumbling, untilWindowCloses, windowed } from 'kstreams';

const clicks = topic('clicks', { key: string, value: string });
const counts = topic('clicks-per-10s', { key: windowed(string), value: countSerde });

const site = streams('site');

site
  .stream(clicks)
  .groupByKey()
  .window(tumbling('10s', { grace: '2s' }))
  .count({ name: 'clicks' })
  .suppress(untilWindowCloses(), { name: 'final' })
  .toStream()
  .to(counts);
`,
  },
  {
    title: 'Sessions',
    code: `import { countSerde, session, streams, string, topic, windowed } from 'kstreams';

const clicks = topic('clicks', { key: string, value: string });
const visits = topic('visits', { key: windowed(string), value: countSerde });

const site = streams('site');

site
  .stream(clicks)
  .groupByKey()
  .window(session('4s', { grace: '2s' }))
  .count({ name: 'visits' })
  .toStream()
  .to(visits);
`,
  },
  {
    title: 'Tables joined by a foreign key',
    code: `import { by, json, streams, string, topic } from 'kstreams';

type Order = { customer: string; total: number };
type Customer = { name: string; city: string };
type Full = Order & { city: string };

const orders = topic('orders', { key: string, value: json<Order>() });
const customers = topic('customers', { key: string, value: json<Customer>() });
const full = topic('full-orders', { key: string, value: json<Full>() });

const shop = streams('shop');

shop
  .table(orders)
  .join(
    shop.table(customers),
    by((order) => order.customer),
    (order, customer): Full => ({ ...order, city: customer.city }),
    { name: 'full', value: json<Full>() },
  )
  .toStream()
  .to(full as never);
`,
  },
  {
    title: 'Days of a time zone',
    code: `import { calendar, countSerde, json, streams, string, topic, windowed } from 'kstreams';

type Quake = { magnitude: number; place: string; region: string; depth: number };

const quakes = topic('earthquakes', { key: string, value: json<Quake>() });
const days = topic('quakes-by-day', { key: windowed(string), value: countSerde });

const watch = streams('quake-days');

watch
  .stream(quakes)
  .groupBy((quake) => quake.region, { key: string })
  .window(calendar('day', { zone: 'America/Los_Angeles', grace: '1h' }))
  .count({ name: 'days' })
  .toStream()
  .to(days);
`,
  },
  {
    title: 'A test',
    code: `import { testDriver } from '@kstreams/testing';
import { streams, string, topic } from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const loud = topic('loud', { key: string, value: string });

const app = streams('shout');
app
  .stream(lines)
  .mapValues((line) => line.toUpperCase())
  .to(loud);

const driver = testDriver(app);
driver.input(lines).pipe('a', 'hello', 1_000);
driver.input(lines).pipe('b', 'streams', 2_000);
console.log(driver.output(loud).read().map(({ key, value }) => key + ': ' + value));
`,
  },
];
