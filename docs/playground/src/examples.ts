/** The examples of the playground; it opens with the first. */
export const examples: readonly { readonly title: string; readonly code: string }[] = [
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
