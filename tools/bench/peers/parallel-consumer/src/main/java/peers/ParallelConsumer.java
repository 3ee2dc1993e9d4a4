package peers;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Processes the records of a topic, each a sleep, and prints the milliseconds from the first call to the last commit. Arguments:
 * brokers, topic, order, the number of records, and the greatest number of calls in flight.
 */
public final class ParallelConsumer {
  private ParallelConsumer() {}

  public static void main(String[] args) throws InterruptedException {
    String topic = args[1];
    int records = Integer.parseInt(args[3]);
    long[] sleeps = sleeps(records);
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", args[0],
            "group.id", topic + "-parallel-consumer",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", false);
    var consumer =
        new KafkaConsumer<byte[], byte[]>(
            config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    ParallelConsumerOptions<byte[], byte[]> options =
        ParallelConsumerOptions.<byte[], byte[]>builder()
            .ordering(ProcessingOrder.valueOf(args[2]))
            .maxConcurrency(Integer.parseInt(args[4]))
            .consumer(consumer)
            .build();
    var processor = ParallelStreamProcessor.createEosStreamProcessor(options);
    processor.subscribe(List.of(topic));
    var begun = new AtomicLong();
    var left = new CountDownLatch(records);
    processor.poll(
        context -> {
          begun.compareAndSet(0, System.nanoTime());
          sleep(sleeps[ByteBuffer.wrap(context.value()).getInt()]);
          left.countDown();
        });
    left.await();
    processor.closeDrainFirst();
    System.out.println((System.nanoTime() - begun.get()) / 1e6);
    System.exit(0);
  }

  private static void sleep(long nanoseconds) {
    long end = System.nanoTime() + nanoseconds;
    for (long rest = nanoseconds; rest > 0; rest = end - System.nanoTime()) {
      LockSupport.parkNanos(rest);
    }
  }

  /** The sleeps of tools/bench/src/parallel/work.ts, in nanoseconds. */
  private static long[] sleeps(int records) {
    var sleeps = new long[records];
    int state = 42;
    for (int i = 0; i < records; i++) {
      state = state * 1_664_525 + 1_013_904_223;
      sleeps[i] = (long) (Integer.toUnsignedLong(state) / 0x1p32 * 5e6);
    }
    return sleeps;
  }
}
