//! Other ways to write the same, and clients with rules of their own.

use super::own::{Sample, all_come_out};
use ackward::check::Property;
use ackward::import::{Answers, Source, read, verdict};

/// Spring and SmallRye take words of an enumeration and switches in any case and with other signs.
const WORDS: &[Sample] = &[
    (
        "confirms.properties",
        "spring.rabbitmq.publisher-confirm-type=CORRELATED\nspring.rabbitmq.listener.simple.default-requeue-rejected=FALSE\n",
        "",
        &["producer confirm.select=correlated @1", "consumer default-requeue-rejected=false @2"],
    ),
    (
        "retry.yml",
        "spring:\n  rabbitmq:\n    listener:\n      simple:\n        acknowledge-mode: None\n        retry: {enabled: \"yes\"}\n",
        "",
        &["consumer acknowledge-mode=None @5", "consumer retry.enabled=true @6"],
    ),
    (
        "sqs.yml",
        "spring.cloud.aws.sqs.listener.acknowledgement-mode: manual\n",
        "",
        &["consumer acknowledgement-mode=MANUAL @1", "asks ack"],
    ),
    (
        "channel.properties",
        "mp.messaging.outgoing.q.connector=smallrye-rabbitmq\nmp.messaging.outgoing.q.publish-confirms=TRUE\n",
        "",
        &["producer confirm.select=true @2"],
    ),
    (
        "binders.yml",
        "spring.cloud.stream:\n  bindings.a-in-0: {destination: a, group: g}\n  kafka:\n    bindings.a-in-0.consumer: {enable-dlq: TRUE, max-atempts: 5}\n    binder: {required-ack: 1, transaction.transaction-id-prefix: tx-}\n",
        "",
        &[
            "consumer on-error=park @4",
            "no-effect Did you mean consumer.max-attempts?",
            "no-effect Did you mean binder.required-acks?",
        ],
    ),
    (
        "binder-environment.yml",
        "spring.cloud.stream:\n  bindings.a-out-0: {destination: a, binder: one}\n  binders.one:\n    type: rabbit\n    environment.spring.rabbitmq.publisher-confirm-type: simple\n  rabbit.bindings.a-out-0.producer.delivery-mode: NON_PERSISTENT\n",
        "",
        &["producer delivery_mode=1 @6", "producer confirm.select=simple @5", "not passed-over"],
    ),
    (
        "brackets.properties",
        "spring.kafka.producer.properties[enable.idempotence]=false\nspring.kafka.consumer.properties[isolation.level]=read_committed\n",
        "",
        &["producer enable.idempotence=false @1", "consumer isolation.level=read_committed @2"],
    ),
    (
        "word.properties",
        "spring.rabbitmq.listener.simple.acknowledge-mode=automatic\n",
        "",
        &["refused acknowledge-mode=automatic"],
    ),
];

/// What a literal in code has in the end.
const COMPLETED: &[Sample] = &[
    (
        "common.py",
        "from confluent_kafka import Producer, Consumer\nCOMMON = {'bootstrap.servers': 'k', 'security.protocol': 'SSL'}\np = Producer({**COMMON, 'acks': '1'})\nc = Consumer({**COMMON, 'group.id': 'g', 'enable.auto.commit': False})\n",
        "",
        &["producer acks=1 @3", "consumer enable.auto.commit=false @4", "not passed-over"],
    ),
    (
        "later.py",
        "from confluent_kafka import Producer\nconf = {'bootstrap.servers': 'k'}\nconf['acks'] = '1'\nconf.update({'retries': 3})\np = Producer(conf)\n",
        "",
        &["producer acks=1 @3", "producer retries=3 @4", "not passed-over"],
    ),
    (
        "sections.json",
        "{\"kafka\": {\n  \"client\": {\"bootstrap.servers\": \"k\", \"security.protocol\": \"ssl\"},\n  \"producer\": {\"acks\": \"0\", \"linger.ms\": 5}}}\n",
        "",
        &["producer acks=0 @3", "not passed-over"],
    ),
    (
        "confluent.js",
        "const { Kafka } = require('@confluentinc/kafka-javascript').KafkaJS;\nconst kafka = new Kafka({ kafkaJS: { brokers: ['k'] } });\nconst c = kafka.consumer({\n  kafkaJS: { groupId: 'g', fromBeginning: true, autoCommit: false },\n  'isolation.level': 'read_uncommitted',\n});\n",
        "",
        &[
            "consumer auto.offset.reset=earliest @4",
            "consumer enable.auto.commit=false @4",
            "consumer isolation.level=read_uncommitted @5",
        ],
    ),
    (
        "later.go",
        "package main\nimport \"github.com/segmentio/kafka-go\"\nfunc f() {\n\tw := kafka.Writer{Topic: \"t\", RequiredAcks: kafka.RequireAll}\n\tw.RequiredAcks = kafka.RequireOne\n}\n",
        "",
        &["producer acks=1 @5"],
    ),
];

const RULES: &[Sample] = &[
    // A lock for each broker: one request at a time, tried again without end.
    (
        "idempotent.js",
        "const { Kafka } = require('kafkajs');\nconst kafka = new Kafka({ brokers: ['k'] });\nconst p = kafka.producer({ idempotent: true, maxInFlightRequest: 9 });\n",
        "",
        &[
            "producer enable.idempotence=true @3",
            "producer max.in.flight.requests.per.connection=1",
            "producer retries=2147483647",
            "no-effect Did you mean maxInFlightRequests?",
        ],
    ),
    (
        "timeouts.properties",
        "value.serializer=a\ndelivery.timeout.ms=10000\n",
        "",
        &["refused delivery.timeout.ms should be equal to or larger"],
    ),
    (
        "timeouts.go",
        "package a\nimport \"github.com/twmb/franz-go/pkg/kgo\"\nfunc f() {\n\to := []kgo.Opt{\n\t\tkgo.RequiredAcks(kgo.LeaderAck()),\n\t\tkgo.DisableIdempotentWrite(),\n\t\tkgo.RecordDeliveryTimeout(30 * time.Second),\n\t}\n}\n",
        "",
        &["producer delivery.timeout.ms=30000 @7", "producer acks=1 @5"],
    ),
    (
        "nest.ts",
        "const config = {\n  transport: Transport.KAFKA,\n  options: {\n    postfixId: '',\n    client: { brokers: ['k'] },\n    consumer: { groupId: 'basket' },\n  },\n};\n",
        "",
        &["not assumed NestJS makes the group"],
    ),
    (
        "nest-client.ts",
        "const config = {\n  transport: Transport.KAFKA,\n  options: {\n    client: { brokers: ['k'] },\n    producerOnlyMode: true,\n    send: { acks: 1 },\n  },\n};\n",
        "",
        &["producer acks=1 @6", "not asks handler"],
    ),
    // The Java client compares letter by letter.
    ("shouted.properties", "value.serializer=a\nacks=ALL\n", "", &["refused acks=ALL is refused"]),
    (
        "old-names.properties",
        "group.id=a\nauto.offset.reset=smallest\n",
        "",
        &["refused auto.offset.reset=smallest is refused"],
    ),
    (
        "old-names.py",
        "c = Consumer({'group.id': 'a', 'auto.offset.reset': 'smallest'})\n",
        "",
        &["starts"],
    ),
    (
        "duration.py",
        "c = Consumer({'group.id': 'a', 'auto.offset.reset': 'by_duration:P1D'})\n",
        "",
        &["refused auto.offset.reset=by_duration:P1D is refused"],
    ),
    (
        "two-writers.go",
        "package main\nimport \"github.com/segmentio/kafka-go\"\nfunc f() {\n\ta := &kafka.Writer{Topic: \"t\", RequiredAcks: kafka.RequireAll}\n\tb := &kafka.Writer{Topic: \"u\"}\n\tb.RequiredAcks = kafka.RequireOne\n}\n",
        "",
        &["producer acks=all @4", "not producer acks=1"],
    ),
    (
        "later.cs",
        "var a = new ProducerConfig { Acks = Acks.All };\nvar b = new ConsumerConfig { GroupId = \"g\" };\nb.EnableAutoCommit = false;\nb.Acks = Acks.None;\n",
        "",
        &[
            "producer acks=all @1",
            "consumer enable.auto.commit=false @3",
            "no-effect Acks is a key of the producer",
        ],
    ),
    (
        "duration.properties",
        "group.id=a\nauto.offset.reset=by_duration:P1D\n",
        "",
        &[
            "starts",
            "sets consumer.kafka.auto.offset.reset=earliest",
            "not-modeled older than the duration",
        ],
    ),
    (
        "enumeration.yml",
        "spring.kafka.consumer: {isolation-level: READ_COMMITTED, group-id: a}\n",
        "",
        &["starts"],
    ),
    // Of the connector, which a producer does not have.
    (
        "connector.properties",
        "mp.messaging.connector.smallrye-kafka.failure-strategy=ignore\nmp.messaging.outgoing.a.topic=a\n",
        "",
        &["not producer failure-strategy=ignore"],
    ),
    (
        "compose.yml",
        "services:\n  app:\n    image: app\n    env_file: kafka.env\n    environment: {SPRING_KAFKA_PRODUCER_ACKS: 1}\n",
        "",
        &["producer acks=1 @5", "passed-over env_file"],
    ),
    // The output does not have the number of copies.
    (
        "brokers.txt",
        "Default configs for brokers in the cluster are:\n  min.insync.replicas=2 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=2}\n  log.cleaner.threads=2 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=2}\n",
        "",
        &["broker replication.factor=3", "asks set", "not no-effect"],
    ),
];

#[test]
fn words_and_switches_are_taken_as_frameworks_do() {
    all_come_out(WORDS);
}

#[test]
fn literals_are_read_as_they_are_in_the_end() {
    all_come_out(COMPLETED);
}

#[test]
fn clients_keep_their_own_rules() {
    all_come_out(RULES);
}

/// Returns the fixes of a file, each as its changes in the file's own keys.
fn fixes(name: &str, text: &str, answers: &Answers) -> Vec<String> {
    let files = [Source { name: name.into(), text: text.into(), syntax: None }];
    let reading = read(&files, answers).expect("it is read");
    let plan = reading.plan.expect("there is something to judge");
    let report = verdict(&plan, answers, &mut || false).expect("the model takes it");
    let fixes = ackward::import::fixes(&plan, &report, answers, &[], &mut |_| false);
    let all = fixes.of.iter().flat_map(|(_, fixes)| fixes);
    all.map(|fix| {
        let keys: Vec<String> = fix.keys.iter().map(|key| key.text()).collect();
        format!("{}: {}", fix.label, keys.join(" "))
    })
    .collect()
}

#[test]
fn fixes_are_what_the_client_can_do() {
    let answers = Answers::default();
    // librdkafka lowers its default of requests in flight by itself.
    let python = "from confluent_kafka import Producer\np = Producer({'bootstrap.servers': 'k', 'linger.ms': 5})\n";
    let found = fixes("producer.py", python, &answers);
    assert!(found.iter().any(|fix| fix.contains("enable.idempotence=true")), "{found:#?}");
    let both = |fix: &String| fix.contains("enable.idempotence") && fix.contains("in.flight");
    assert!(!found.iter().any(both), "{found:#?}");
    let go = "package main\nimport \"github.com/segmentio/kafka-go\"\nfunc f() {\n\tw := kafka.Writer{Topic: \"t\", RequiredAcks: kafka.RequireAll}\n}\n";
    let found = fixes("writer.go", go, &answers);
    assert!(found.iter().all(|fix| !fix.contains("idempotence")), "{found:#?}");
    let go = "package a\nimport \"github.com/IBM/sarama\"\nfunc f() {\n\tc := sarama.NewConfig()\n\tc.Producer.RequiredAcks = sarama.WaitForAll\n\tp, _ := sarama.NewSyncProducer(b, c)\n}\n";
    let found = fixes("producer.go", go, &answers);
    let idempotent = |fix: &&String| fix.contains("Producer.Idempotent=true");
    assert!(found.iter().any(|fix| idempotent(&fix)), "{found:#?}");
    for fix in found.iter().filter(idempotent) {
        assert!(fix.contains("Net.MaxOpenRequests=1"), "sarama refuses {fix}");
        assert!(!fix.contains("delivery.timeout"), "{fix}");
    }
}

/// Returns the setting that is blamed for a violation where messages go through this topic.
fn blamed(topic: &str, send_failure: &str, property: Property) -> Option<String> {
    let mut answers = Answers::default();
    for (flag, value) in
        [("handler", "inbox"), ("on-error", "park"), ("send-failure", send_failure)]
    {
        answers.give(flag, value).expect("an answer");
    }
    let spring = "spring.kafka:\n  producer: {acks: all}\n  consumer: {group-id: g, auto-offset-reset: earliest}\n";
    let topic = format!("Topic: a\tPartitionCount: 1\t{topic}\n");
    let files = [("application.yml", spring), ("topic.txt", &topic)];
    let files =
        files.map(|(name, text)| Source { name: name.into(), text: text.into(), syntax: None });
    let plan = read(&files, &answers).expect("it is read").plan.expect("there is a producer");
    let report = verdict(&plan, &answers, &mut || false).expect("the model takes it");
    report.of(property).expect("it was looked at").cause.as_ref().map(|row| row.name.clone())
}

#[test]
fn what_writes_wait_for_is_blamed_where_they_stop() {
    let all = "ReplicationFactor: 3\tConfigs: min.insync.replicas=3";
    let two = "ReplicationFactor: 3\tConfigs: min.insync.replicas=2";
    let lost = |topic| blamed(topic, "ignore", Property::NeverLost);
    assert_eq!(lost(all).as_deref(), Some("min.insync.replicas"));
    assert_eq!(lost(two).as_deref(), Some("delivery.timeout.ms"));
    let stuck = |topic| blamed(topic, "outbox", Property::NeverStuck);
    assert_eq!(stuck(all).as_deref(), Some("min.insync.replicas"));
    assert_eq!(stuck("ReplicationFactor: 1\tConfigs: ").as_deref(), Some("replication.factor"));
}
