package peers;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Runs one topology: {@code Peer NAME BYTES TOPIC…}. Each line of the standard input is a number of records to process, and is
 * answered by a line of JSON: records, sent records, wall and CPU seconds. The making of the input does not count.
 */
public final class Peer {
  private static final int BATCH = 1_000;
  private static final int COMMIT = 100_000;
  private static final int KEYS = 10_000;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final MeasuredTask task;
  private final String[] topics;
  private final long[] offsets;
  private final byte[][] keys = new byte[KEYS][];
  private final byte[] value;
  private int seed = 1;
  private long time = 0;
  private int uncommitted = 0;

  private Peer(MeasuredTask task, int bytes, String[] topics) {
    this.task = task;
    value = "v".repeat(bytes).getBytes(StandardCharsets.UTF_8);
    this.topics = topics;
    offsets = new long[topics.length];
    for (int i = 0; i < KEYS; i++) keys[i] = ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] args) throws Exception {
    var topics = java.util.Arrays.copyOfRange(args, 2, args.length);
    try (var task = new MeasuredTask(Topologies.of(args[0], "", Duration.ofSeconds(1)))) {
      var peer = new Peer(task, Integer.parseInt(args[1]), topics);
      var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(peer.round(Integer.parseInt(line)));
      }
    }
  }

  private String round(int records) throws ReflectiveOperationException {
    long sent = task.sent();
    long wall = 0;
    long cpu = 0;
    int done = 0;
    while (done < records) {
      var batches = new ArrayList<List<ConsumerRecord<byte[], byte[]>>>();
      for (int i = 0; i < topics.length; i++) batches.add(batch(i));
      time += BATCH / 10;
      long wallBefore = System.nanoTime();
      long cpuBefore = SYSTEM.getProcessCpuTime();
      for (int i = 0; i < topics.length; i++) task.add(new TopicPartition(topics[i], 0), batches.get(i));
      int processed = task.processAll();
      done += processed;
      uncommitted += processed;
      if (uncommitted >= COMMIT) {
        task.commit();
        uncommitted = 0;
      }
      cpu += SYSTEM.getProcessCpuTime() - cpuBefore;
      wall += System.nanoTime() - wallBefore;
    }
    return String.format(
        Locale.ROOT,
        "{\"records\":%d,\"sent\":%d,\"wall\":%.6f,\"cpu\":%.6f}",
        done,
        task.sent() - sent,
        wall / 1e9,
        cpu / 1e9);
  }

  private List<ConsumerRecord<byte[], byte[]>> batch(int topic) {
    var batch = new ArrayList<ConsumerRecord<byte[], byte[]>>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      byte[] key = keys[random()];
      batch.add(
          new ConsumerRecord<>(
              topics[topic],
              0,
              offsets[topic]++,
              time + i / 10,
              TimestampType.CREATE_TIME,
              key.length,
              value.length,
              key.clone(),
              value.clone(),
              new RecordHeaders(),
              Optional.empty()));
    }
    return batch;
  }

  private int random() {
    seed = seed * 1_103_515_245 + 12_345;
    return (seed >>> 8) % KEYS;
  }
}
