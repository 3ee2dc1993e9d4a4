/** Keys shared with Kafka Streams that the compiler accepts and refuses (checked by `npm run types`). */
import { test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type Serde, topic } from '@kstreams/core/graph';
import { double, int32, string } from '@kstreams/serde';
import { compiled, typeOf } from '@kstreams/test-support/type-of';
import { kafkaSession, kafkaWindowed, tumbling, type Windowed } from '../index.js';

test('the key of a window is typed by its serde', () => {
  typeOf(kafkaWindowed(string, { size: '5m' })).is<Serde<Windowed<string>>>(true);
  typeOf(kafkaSession(int32)).is<Serde<Windowed<number>>>(true);
  compiled(() => {
    // @ts-expect-error: the end of a window is not written, so its size is needed
    kafkaWindowed(string);
    const counts = streams('shop')
      .stream(topic('sales', { key: string, value: double }))
      .groupByKey()
      .window(tumbling('5m'))
      .reduce((sum, sale) => sum + sale);
    counts.toStream().to(topic('totals', { key: kafkaWindowed(string, { size: '5m' }), value: double }));
    // @ts-expect-error: the keys are text
    counts.toStream().to(topic('totals', { key: kafkaWindowed(int32, { size: '5m' }), value: double }));
  });
});
