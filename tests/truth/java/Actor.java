import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A process of the application on Apache Kafka's own client: a producer, a consumer, or the director's
 * administrator. It runs one line of its program for each command on its standard input, and says on
 * its standard output what came of it; between two commands it stands still, but for the threads of
 * the client library.
 */
public final class Actor {
    private static final LinkedBlockingQueue<String> COMMANDS = new LinkedBlockingQueue<>();

    private static final Comparator<TopicPartition> BY_PARTITION =
            Comparator.comparing(TopicPartition::partition);

    /** The value of records that are no messages of the run. */
    private static final String OTHER = "other";

    private Actor() {}

    /**
     * Runs an actor until its standard input ends.
     *
     * @param arguments the role, then the client's settings, each as {@code name=value}
     */
    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        for (int i = 1; i < arguments.length; i++) {
            String[] setting = arguments[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        Thread reader = new Thread(Actor::read);
        reader.setDaemon(true);
        reader.start();
        Role role = switch (arguments[0]) {
            case "producer" -> new Producer(settings);
            case "consumer" -> new Consumer(settings);
            default -> new Administrator(settings);
        };
        say("{\"ready\":null}");
        while (true) {
            String command = role.isBusy() ? COMMANDS.poll() : COMMANDS.take();
            if (command == null) {
                role.work();
                continue;
            }
            String[] words = command.split(" ");
            if (words[0].equals("end")) {
                System.exit(0);
            }
            try {
                say("{\"done\":{\"answer\":" + role.carryOut(words) + "}}");
            } catch (Exception e) {
                e.printStackTrace();
                say("{\"done\":{\"problem\":" + quoted(e.toString()) + "}}");
            }
        }
    }

    private static void read() {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            COMMANDS.add(lines.nextLine());
        }
        COMMANDS.add("end");
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "'").replaceAll("\\s+", " ") + "\"";
    }

    private static String key(String message) {
        return "m" + message;
    }

    /** What a process does. */
    private interface Role {
        /** Runs a line, and returns its answer as JSON. */
        String carryOut(String[] words) throws Exception;

        /** Returns true if there is something to do without a command. */
        default boolean isBusy() {
            return false;
        }

        /** Does a bit of it. */
        default void work() {}
    }

    /** Sends each message when it is told to, and reports what the callback hears. */
    private static final class Producer implements Role {
        private final KafkaProducer<String, String> client;
        private final String topic;
        private final String name;
        /** The key of all records, if they share one. */
        private final String sharedKey;

        private boolean initialized;
        private int sent;

        Producer(Properties settings) {
            topic = (String) settings.remove("topic");
            name = (String) settings.remove("name");
            sharedKey = settings.remove("key") == null ? null : keyOfTheSecondPartition();
            client = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
            // It knows the leader before anything happens.
            client.partitionsFor(topic);
        }

        /** Returns a key that belongs to the second partition, once there are two. */
        private static String keyOfTheSecondPartition() {
            int i = 1;
            while (BuiltInPartitioner.partitionForKey(keyOf(i), 2) != 1) {
                i++;
            }
            return "order" + i;
        }

        private static byte[] keyOf(int i) {
            return ("order" + i).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String carryOut(String[] words) throws InterruptedException {
            switch (words[0]) {
                case "refresh" -> {
                    // The client asks again when its metadata is old.
                    while (client.partitionsFor(topic).size() < 2) {
                        Thread.sleep(50);
                    }
                }
                case "init" -> initialize();
                case "begin" -> {
                    initialize();
                    client.beginTransaction();
                }
                case "send" -> send(words[1]);
                case "warm-up" -> {
                    client.send(new ProducerRecord<>(topic, 0, "m0", "warm-up"));
                    client.flush();
                }
                case "commit" -> {
                    try {
                        client.commitTransaction();
                    } catch (KafkaException e) {
                        e.printStackTrace();
                        return "false";
                    }
                }
                default -> throw new IllegalArgumentException(words[0]);
            }
            return "true";
        }

        private void initialize() {
            if (!initialized) {
                client.initTransactions();
                initialized = true;
            }
        }

        private void send(String m) {
            sent++;
            String value = "ackward m" + m + " copy " + name + "-" + sent + ";";
            ProducerRecord<String, String> record = sharedKey == null
                    ? new ProducerRecord<>(topic, 0, key(m), value)
                    : new ProducerRecord<>(topic, sharedKey, value);
            client.send(record, (metadata, problem) -> {
                if (problem != null) {
                    problem.printStackTrace();
                }
                say("{\"answered\":{\"m\":" + m + ",\"ok\":" + (problem == null) + "}}");
            });
        }
    }

    /** Polls when it is told to, and runs the lines of the handler one by one. */
    private static final class Consumer implements Role {
        private final KafkaConsumer<String, String> client;
        private final KafkaProducer<String, String> producer;
        private final String topic;
        private final String output;
        private final Connection database;
        private final boolean offsetInDatabase;
        /** Where what is given up goes, if anywhere. */
        private final String deadLetters;

        private final String servers;
        /** How long the handler takes for each record that is not a message of the run. */
        private final long handlerMs;

        private final Set<TopicPartition> assigned = new TreeSet<>(BY_PARTITION);
        private boolean polls;
        private boolean drains;

        Consumer(Properties settings) throws SQLException {
            topic = (String) settings.remove("topic");
            deadLetters = (String) settings.remove("dead.letters");
            servers = (String) settings.get("bootstrap.servers");
            Object takes = settings.remove("handler.ms");
            handlerMs = takes == null ? 0 : Long.parseLong((String) takes);
            output = (String) settings.remove("output");
            database = DriverManager.getConnection((String) settings.remove("database"));
            offsetInDatabase = settings.remove("offset.in.database") != null;
            Object id = settings.remove("transactional.id");
            Object timeout = settings.remove("transaction.timeout.ms");
            client = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
            if (id == null) {
                producer = null;
            } else {
                Properties own = new Properties();
                own.put("bootstrap.servers", servers);
                own.put("transactional.id", id);
                own.put("transaction.timeout.ms", timeout);
                producer = new KafkaProducer<>(own, new StringSerializer(), new StringSerializer());
                producer.initTransactions();
            }
            client.subscribe(List.of(topic), new Assignment());
        }

        /** Tells the director of the assignment, and starts where the database says. */
        private final class Assignment
                implements org.apache.kafka.clients.consumer.ConsumerRebalanceListener {
            @Override
            public void onPartitionsRevoked(java.util.Collection<TopicPartition> partitions) {
                assigned.removeAll(partitions);
            }

            @Override
            public void onPartitionsAssigned(java.util.Collection<TopicPartition> partitions) {
                assigned.addAll(partitions);
                if (offsetInDatabase) {
                    partitions.forEach(partition -> client.seek(partition, storedOffset()));
                }
                List<Integer> all = assigned.stream().map(TopicPartition::partition).toList();
                say("{\"assigned\":{\"partitions\":" + all + "}}");
            }
        }

        private long storedOffset() {
            try (Statement statement = database.createStatement()) {
                var rows = statement.executeQuery("SELECT next FROM offsets");
                return rows.next() ? rows.getLong(1) : 0;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean isBusy() {
            return polls;
        }

        @Override
        public void work() {
            List<String> records = new ArrayList<>();
            for (ConsumerRecord<String, String> record : client.poll(Duration.ofMillis(50))) {
                if (record.value().equals(OTHER)) {
                    handleOther();
                    continue;
                }
                // "ackward m1 copy …"
                String m = record.value().split(" ")[1].substring(1);
                String place = "[" + record.partition() + "," + record.offset() + "]";
                records.add("{\"m\":" + m + ",\"place\":" + place + "}");
            }
            if (!records.isEmpty()) {
                polls = false;
                drains = false;
                say("{\"received\":{\"records\":[" + String.join(",", records) + "]}}");
            }
            if (drains && !assigned.isEmpty() && isAtTheEnd()) {
                polls = false;
                drains = false;
                say("{\"caught_up\":{}}");
            }
        }

        private void handleOther() {
            try {
                Thread.sleep(handlerMs);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private boolean isAtTheEnd() {
            var ends = client.endOffsets(assigned);
            return assigned.stream().allMatch(own -> client.position(own) >= ends.get(own));
        }

        /** Publishes a record of its own, and returns true if the broker has taken it. */
        private boolean publishDeadLetter(String m) throws InterruptedException {
            Properties own = new Properties();
            own.put("bootstrap.servers", servers);
            try (var publisher =
                    new KafkaProducer<>(own, new StringSerializer(), new StringSerializer())) {
                var sent = publisher.send(new ProducerRecord<>(deadLetters, 0, key(m), "dead letter"));
                publisher.flush();
                sent.get();
                return true;
            } catch (ExecutionException e) {
                e.printStackTrace();
                return false;
            }
        }

        private TopicPartition partitionOf(String place) {
            return new TopicPartition(topic, Integer.parseInt(place.split(":")[0]));
        }

        @Override
        public String carryOut(String[] words) throws SQLException, InterruptedException {
            // A place is "partition:offset".
            String place = words.length > 2 ? words[2] : "0:0";
            TopicPartition partition = partitionOf(place);
            long offset = Long.parseLong(place.split(":")[1]);
            String m = words.length > 1 ? words[1] : "";
            switch (words[0]) {
                case "poll" -> {
                    polls = true;
                    client.resume(client.assignment());
                }
                case "rest" -> {
                    // Nothing is fetched ahead: what is under way comes within fetch.max.wait.ms.
                    polls = false;
                    client.pause(client.assignment());
                    client.poll(Duration.ofMillis(250));
                }
                case "drain" -> {
                    client.resume(client.assignment());
                    polls = true;
                    drains = true;
                }
                case "seek" -> client.seek(partition, offset);
                case "close" -> {
                    polls = false;
                    client.close();
                }
                case "dead-letter" -> {
                    return String.valueOf(publishDeadLetter(m));
                }
                case "inbox" -> {
                    boolean isNew =
                            1 == execute("INSERT INTO inbox VALUES (" + m + ") ON CONFLICT DO NOTHING");
                    if (!isNew) {
                        database.rollback();
                        database.setAutoCommit(true);
                    }
                    return String.valueOf(isNew);
                }
                case "work" -> {
                    return String.valueOf(1 == execute(
                            "UPDATE accounts SET balance = balance + " + words[3] + " WHERE id = " + m));
                }
                case "begin" -> database.setAutoCommit(false);
                case "store-offset" -> execute("UPDATE offsets SET next = " + (offset + 1));
                case "commit" -> {
                    database.commit();
                    database.setAutoCommit(true);
                }
                case "ack" -> {
                    try {
                        client.commitSync(Map.of(partition, new OffsetAndMetadata(offset + 1)));
                    } catch (CommitFailedException e) {
                        e.printStackTrace();
                        return "false";
                    }
                }
                case "produce" -> {
                    producer.beginTransaction();
                    producer.send(new ProducerRecord<>(output, 0, key(m), "result"));
                    producer.flush();
                }
                case "send-offsets" -> producer.sendOffsetsToTransaction(
                        Map.of(partition, new OffsetAndMetadata(offset + 1)), client.groupMetadata());
                case "commit-transaction" -> {
                    try {
                        producer.commitTransaction();
                    } catch (KafkaException e) {
                        e.printStackTrace();
                        return "false";
                    }
                }
                default -> throw new IllegalArgumentException(words[0]);
            }
            return "true";
        }

        private int execute(String sql) throws SQLException {
            try (Statement statement = database.createStatement()) {
                return statement.executeUpdate(sql);
            }
        }
    }

    /** Prepares topics and groups, and looks at them. */
    private static final class Administrator implements Role {
        private final Admin client;
        private final Properties settings;

        Administrator(Properties settings) {
            this.settings = settings;
            client = Admin.create(settings);
        }

        @Override
        public String carryOut(String[] words) throws Exception {
            TopicPartition partition = words.length > 1 ? new TopicPartition(words[1], 0) : null;
            return switch (words[0]) {
                case "create" -> create(words);
                case "start-at" -> {
                    var offsets = Map.of(partition, new OffsetAndMetadata(Long.parseLong(words[3])));
                    client.alterConsumerGroupOffsets(words[2], offsets).all().get();
                    yield "true";
                }
                case "committed" -> {
                    var offsets = client.listConsumerGroupOffsets(words[2]);
                    var all = offsets.partitionsToOffsetAndMetadata().get();
                    var own = Optional.ofNullable(all.get(partition));
                    yield String.valueOf(own.map(OffsetAndMetadata::offset).orElse(-1L));
                }
                case "fill" -> fill(words[1], Integer.parseInt(words[2]));
                case "configure" -> configure(words[1], words[2].split("=", 2));
                case "await-deletion" -> {
                    while (offset(partition, OffsetSpec.earliest()) <= Long.parseLong(words[2])) {
                        Thread.sleep(50);
                    }
                    yield "true";
                }
                case "add-partition" -> {
                    var two = NewPartitions.increaseTo(2, List.of(nodes(words[2])));
                    client.createPartitions(Map.of(words[1], two)).all().get();
                    yield "true";
                }
                case "reset" -> {
                    boolean earliest = words[3].equals("earliest");
                    var to = earliest ? OffsetSpec.earliest() : OffsetSpec.latest();
                    var offsets = Map.of(partition, new OffsetAndMetadata(offset(partition, to)));
                    client.alterConsumerGroupOffsets(words[2], offsets).all().get();
                    yield "true";
                }
                case "replicas" -> replicas(words[1]);
                case "lead" -> lead(partition, words[2]);
                case "count" -> count(partition, words[2]);
                default -> throw new IllegalArgumentException(words[0]);
            };
        }

        /** {@code create TOPIC REPLICAS NAME=VALUE…}, the replicas as {@code 1,2}. */
        private String create(String[] words) throws Exception {
            Map<String, String> configs = new HashMap<>();
            for (int i = 3; i < words.length; i++) {
                String[] setting = words[i].split("=", 2);
                configs.put(setting[0], setting[1]);
            }
            NewTopic topic = new NewTopic(words[1], Map.of(0, nodes(words[2]))).configs(configs);
            client.createTopics(List.of(topic)).all().get();
            return "true";
        }

        /** Produces records that are no messages of the run. */
        private String fill(String topic, int count) {
            Properties own = new Properties();
            own.put("bootstrap.servers", settings.get("bootstrap.servers"));
            try (var producer =
                    new KafkaProducer<>(own, new StringSerializer(), new StringSerializer())) {
                for (int i = 0; i < count; i++) {
                    producer.send(new ProducerRecord<>(topic, 0, "other", OTHER));
                }
            }
            return "true";
        }

        /** Changes a setting of a topic, and returns when the broker has it. */
        private String configure(String topic, String[] setting) throws Exception {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            var entry = new ConfigEntry(setting[0], setting[1]);
            var change = new AlterConfigOp(entry, AlterConfigOp.OpType.SET);
            client.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
            while (true) {
                var all = client.describeConfigs(List.of(resource)).all().get().get(resource);
                if (setting[1].equals(all.get(setting[0]).value())) {
                    return "true";
                }
                Thread.sleep(50);
            }
        }

        private long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
            var all = client.listOffsets(Map.of(partition, spec)).all().get();
            return all.get(partition).offset();
        }

        private String replicas(String topic) throws Exception {
            var described = client.describeTopics(List.of(topic)).allTopicNames().get();
            TopicPartitionInfo info = described.get(topic).partitions().get(0);
            int leader = info.leader() == null ? -1 : info.leader().id();
            List<Integer> inSync = info.isr().stream().map(node -> node.id()).sorted().toList();
            return "{\"leader\":" + leader + ",\"in_sync\":" + inSync + "}";
        }

        /** Makes the first of these replicas the leader, as a reassignment does. */
        private String lead(TopicPartition partition, String replicas) throws Exception {
            var order = Optional.of(new NewPartitionReassignment(nodes(replicas)));
            client.alterPartitionReassignments(Map.of(partition, order)).all().get();
            var elected = client.electLeaders(ElectionType.PREFERRED, Set.of(partition));
            try {
                elected.all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof ElectionNotNeededException)) {
                    throw e;
                }
            }
            return "true";
        }

        private static List<Integer> nodes(String words) {
            return List.of(words.split(",")).stream().map(Integer::parseInt).toList();
        }

        /** Counts the records of each message that a reader with this isolation level sees. */
        private String count(TopicPartition partition, String isolation) {
            Properties own = new Properties();
            own.put("bootstrap.servers", settings.get("bootstrap.servers"));
            own.put("isolation.level", isolation);
            Map<String, Integer> counts = new TreeMap<>();
            try (KafkaConsumer<String, String> reader =
                    new KafkaConsumer<>(own, new StringDeserializer(), new StringDeserializer())) {
                reader.assign(List.of(partition));
                reader.seekToBeginning(List.of(partition));
                long end = reader.endOffsets(List.of(partition)).get(partition);
                while (reader.position(partition) < end) {
                    for (ConsumerRecord<String, String> record : reader.poll(Duration.ofMillis(50))) {
                        counts.merge(record.key().substring(1), 1, Integer::sum);
                    }
                }
            }
            List<String> all = counts.entrySet().stream()
                    .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                    .toList();
            return "{" + String.join(",", all) + "}";
        }
    }
}
