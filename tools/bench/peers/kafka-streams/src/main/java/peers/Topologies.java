package peers;

import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.TimeWindows;

/** The measured topologies, by name. The TypeScript side has the same ones in {@code topologies.ts}. */
final class Topologies {
  private static final Serde<String> TEXT = Serdes.String();
  private static final Produced<String, String> TEXTS = Produced.with(TEXT, TEXT);
  private static final Produced<String, Long> COUNTS = Produced.with(TEXT, Serdes.Long());

  private Topologies() {}

  /** Builds a topology over the topics {@code left}, {@code right} and {@code out}, each behind a prefix. */
  static Topology of(String name, String prefix, Duration window) {
    var builder = new StreamsBuilder();
    switch (name) {
      case "pass-through" -> stream(builder, prefix + "left").to(prefix + "out", TEXTS);
      case "map-filter" ->
          stream(builder, prefix + "left").mapValues(value -> value + "!").filter((key, value) -> true).to(prefix + "out", TEXTS);
      case "count" -> stream(builder, prefix + "left").groupByKey().count().toStream().to(prefix + "out", COUNTS);
      case "tumbling-count" ->
          stream(builder, prefix + "left")
              .groupByKey()
              .windowedBy(TimeWindows.ofSizeWithNoGrace(window))
              .count()
              .toStream((one, count) -> one.key())
              .to(prefix + "out", COUNTS);
      case "stream-table-join" ->
          stream(builder, prefix + "left")
              .join(builder.table(prefix + "right", Consumed.with(TEXT, TEXT)), (left, right) -> left)
              .to(prefix + "out", TEXTS);
      case "stream-stream-join" ->
          stream(builder, prefix + "left")
              .join(
                  stream(builder, prefix + "right"),
                  (left, right) -> left,
                  JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(10)),
                  StreamJoined.with(TEXT, TEXT, TEXT))
              .to(prefix + "out", TEXTS);
      default -> throw new IllegalArgumentException("there is no topology " + name);
    }
    return builder.build();
  }

  private static KStream<String, String> stream(StreamsBuilder builder, String topic) {
    return builder.stream(topic, Consumed.with(TEXT, TEXT));
  }
}
