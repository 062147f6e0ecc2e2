import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the container runs: Kafka with the settings of the environment, by the contract of the image
 * apache/kafka. KAFKA_A_B is the setting a.b, KAFKA_A__B is a_b, KAFKA_A___B is a-b; the data folder
 * is formatted if it isn't yet, with CLUSTER_ID as the cluster's id.
 */
public final class KafkaInContainer {
  private static final String PREFIX = "KAFKA_";
  private static final Path CONFIG = Path.of("/opt/kafka/config/server.properties");
  private static final String DEFAULT_CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw";

  /** They have the prefix, but are for the JVM or for the logs. */
  private static final Set<String> NO_SETTINGS =
      Set.of(
          "KAFKA_GC_LOG_OPTS",
          "KAFKA_HEAP_OPTS",
          "KAFKA_JMX_HOSTNAME",
          "KAFKA_JMX_OPTS",
          "KAFKA_JVM_PERFORMANCE_OPTS",
          "KAFKA_LOG4J_LOGGERS",
          "KAFKA_LOG4J_OPTS",
          "KAFKA_LOG4J_ROOT_LOGLEVEL",
          "KAFKA_OPTS",
          "KAFKA_TOOLS_LOG4J_LOGLEVEL",
          "KAFKA_VERSION");

  private KafkaInContainer() {}

  private static String settingOf(String variable) {
    return variable
        .substring(PREFIX.length())
        .toLowerCase(java.util.Locale.ROOT)
        .replace("___", "-")
        .replace("__", "\u0000")
        .replace("_", ".")
        .replace("\u0000", "_");
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("log.dirs", "/var/lib/kafka/data");
    System.getenv()
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX) && !NO_SETTINGS.contains(name)) {
                settings.put(settingOf(name), value);
              }
            });
    return settings;
  }

  public static void main(String[] args) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings());
    try (PrintStream out = new PrintStream(CONFIG.toFile(), StandardCharsets.UTF_8)) {
      properties.store(out, null);
    }
    boolean formatted = true;
    for (String dir : properties.getProperty("log.dirs").split(",")) {
      Files.createDirectories(Path.of(dir.trim()));
      formatted &= Files.exists(Path.of(dir.trim(), "meta.properties"));
    }
    if (!formatted) {
      String clusterId = System.getenv().getOrDefault("CLUSTER_ID", DEFAULT_CLUSTER_ID);
      String[] format = {"format", "-g", "-t", clusterId, "-c", CONFIG.toString()};
      int status = kafka.tools.StorageTool.execute(format, System.out);
      if (status != 0) {
        System.exit(status);
      }
    }
    kafka.Kafka.main(new String[] {CONFIG.toString()});
  }
}
