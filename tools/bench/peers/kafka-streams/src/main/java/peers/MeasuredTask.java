package peers;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/**
 * The stream task of a topology, with the mock producer of the test driver. The driver processes and commits each record
 * alone, so its task is called directly, as a stream thread does.
 */
final class MeasuredTask implements AutoCloseable {
  private final TopologyTestDriver driver;
  private final MockProducer<?, ?> producer;
  private final Object task;
  private final Method addRecords;
  private final Method process;
  private final Method prepareCommit;
  private final Method postCommit;
  private long sent = 0;

  MeasuredTask(Topology topology) throws ReflectiveOperationException {
    var settings = new Properties();
    settings.put("application.id", "peers");
    settings.put("bootstrap.servers", "localhost:1");
    settings.put("state.dir", System.getProperty("java.io.tmpdir") + "/peers-" + ProcessHandle.current().pid());
    // Each update is forwarded, as on the other side.
    settings.put("statestore.cache.max.bytes", "0");
    settings.put(
        "dsl.store.suppliers.class",
        "org.apache.kafka.streams.state.BuiltInDslStoreSuppliers$InMemoryDslStoreSuppliers");
    driver = new TopologyTestDriver(topology, settings, Instant.ofEpochMilli(0));
    task = field("task");
    producer = (MockProducer<?, ?>) field("producer");
    addRecords = method("addRecords", 2);
    process = method("process", 1);
    prepareCommit = method("prepareCommit", 1);
    postCommit = method("postCommit", 1);
  }

  void add(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) throws ReflectiveOperationException {
    addRecords.invoke(task, partition, records);
  }

  /** Processes all added records. Returns their number. */
  int processAll() throws ReflectiveOperationException {
    int count = 0;
    while ((Boolean) process.invoke(task, 0L)) count++;
    sent += producer.history().stream().filter(record -> record.topic().equals("out")).count();
    producer.clear();
    return count;
  }

  void commit() throws ReflectiveOperationException {
    prepareCommit.invoke(task, true);
    postCommit.invoke(task, true);
    producer.clear();
  }

  /** The number of records sent to the output topic. */
  long sent() {
    return sent;
  }

  @Override
  public void close() {
    driver.close();
  }

  private Object field(String name) throws ReflectiveOperationException {
    Field field = TopologyTestDriver.class.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(driver);
  }

  private Method method(String name, int parameters) {
    Method found =
        Stream.of(task.getClass().getMethods())
            .filter(method -> method.getName().equals(name) && method.getParameterCount() == parameters)
            .findFirst()
            .orElseThrow();
    found.setAccessible(true);
    return found;
  }
}
