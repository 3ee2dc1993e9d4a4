package peers;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Runs one topology on a broker until it is ended: {@code BrokerPeer TOPOLOGY BROKERS APPLICATION GUARANTEE CACHE_BYTES}. Its
 * topics have the name of the application as a prefix. Prints {@code RUNNING} when its only thread processes records.
 */
public final class BrokerPeer {
  private BrokerPeer() {}

  public static void main(String[] args) throws Exception {
    String application = args[2];
    var settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[1]);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, args[3]);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, args[4]);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put("auto.offset.reset", "earliest");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, Files.createTempDirectory("peer").toString());
    var streams = new KafkaStreams(Topologies.of(args[0], application + "-", Duration.ofSeconds(10)), settings);
    streams.setStateListener(
        (next, previous) -> {
          if (next == KafkaStreams.State.RUNNING) System.out.println("RUNNING");
        });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(5))));
    streams.start();
    new CountDownLatch(1).await();
  }
}
