//! Kubernetes, and services of compose: what their variables and files say, and patches of them.

use super::own::{Sample, all_come_out};
use super::patches::{ACKS, COPIES, IN_FLIGHT, added, whole};

/// A Deployment with these lines in its container.
macro_rules! deployment {
    ($container:literal) => {
        concat!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\nspec:\n  replicas: 3\n",
            "  template:\n    spec:\n      containers:\n        - name: orders\n          image: acme/kafka-orders:1.2\n",
            $container
        )
    };
}

/// A ConfigMap with these lines as its data.
macro_rules! config {
    ($name:literal, $data:literal) => {
        concat!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ", $name, "\ndata:\n", $data)
    };
}

const KUBERNETES: &[Sample] = &[
    (
        "deployment.yaml",
        deployment!(
            "          env:\n            - name: SPRING_KAFKA_PRODUCER_ACKS\n              value: \"1\"\n            - name: SPRING_KAFKA_CONSUMER_GROUPID\n              value: orders\n            - name: SPRING_KAFKA_PRODUCER_RETRIES\n              valueFrom:\n                secretKeyRef: {name: s, key: retries}\n            - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n"
        ),
        "",
        &[
            "read Kubernetes · Deployment and Spring Boot · Spring Kafka",
            "producer acks=1 @13",
            "producer enable.idempotence=false",
            "consumer enable.auto.commit=false",
            "unreadable SPRING_KAFKA_PRODUCER_RETRIES: the value of secretKeyRef is not in the file",
            "irrelevant SPRING_KAFKA_CONSUMER_GROUPID",
            "irrelevant POD",
        ],
    ),
    (
        "cron.yaml",
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          initContainers:\n            - name: wait\n              env: [{name: HOST, value: kafka}]\n          containers:\n            - name: a\n              env:\n                - {name: ACKS, value: \"0\"}\n                - {name: KAFKA_ACKS, value: $(ACKS)}\n",
        "",
        &["read Kubernetes · CronJob", "producer acks=0", "assumed which client"],
    ),
    (
        "broker.yaml",
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: kafka}\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: kafka\n          image: apache/kafka:4.1.0\n          env:\n            - name: KAFKA_DEFAULT_REPLICATION_FACTOR\n              value: \"3\"\n            - name: KAFKA_MIN_INSYNC_REPLICA\n              value: \"2\"\n",
        "",
        &[
            "broker replication.factor=3 @13",
            "broker min.insync.replicas=1",
            "broker brokers=3",
            "no-effect KAFKA_MIN_INSYNC_REPLICA is no broker setting",
        ],
    ),
    (
        "list.yaml",
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: a}\n    spec:\n      containers:\n        - name: a\n          env:\n            - name: CELERY_TASK_ACKS_LATE\n              value: \"True\"\n",
        "",
        &[
            "read Celery on RabbitMQ",
            "consumer acks_late=True @12",
            "sets consumer.program=receive,work,ack",
        ],
    ),
    // Variables of a ConfigMap lie under the container's own.
    (
        "env-from.yaml",
        concat!(
            config!(
                "vars",
                "  SPRING_KAFKA_PRODUCER_ACKS: \"1\"\n  SPRING_KAFKA_PRODUCER_RETRIES: \"3\"\n"
            ),
            "---\n",
            deployment!(
                "          envFrom:\n            - configMapRef: {name: vars}\n            - secretRef: {name: hidden}\n          env:\n            - name: SPRING_KAFKA_PRODUCER_ACKS\n              value: all\n            - name: SPRING_KAFKA_CONSUMER_ISOLATIONLEVEL\n              valueFrom: {configMapKeyRef: {name: others, key: level}}\n"
            )
        ),
        "",
        &[
            "producer acks=all @24",
            "producer retries=3 @7",
            "not passed-over more than one",
            "passed-over the variables of the Secret hidden are not in these files",
            "unreadable the value of configMapKeyRef is not in the file",
        ],
    ),
    (
        "config.yaml",
        config!("a", "  SPRING_KAFKA_CONSUMER_ENABLEAUTOCOMMIT: \"true\"\n  note.txt: hello\n"),
        "",
        &["read Kubernetes · ConfigMap", "consumer enable.auto.commit=true @6"],
    ),
    (
        "file.yaml",
        config!(
            "a",
            "  application.yml: |\n    spring:\n      kafka:\n\n        producer:\n          acks: 1\n  application-fast.yml: |-\n    spring.kafka.producer.acks: 0\n  logback.xml: |\n    <a acks=1/>\n"
        ),
        "",
        &[
            "read Spring Kafka",
            "producer acks=1 @11",
            "passed-over application-fast.yml is passed over",
            "irrelevant logback.xml",
        ],
    ),
    (
        "file.yaml",
        config!(
            "a",
            "  application.yml: |\n    spring:\n      kafka:\n\n        producer:\n          acks: 1\n  application-fast.yml: |-\n    spring.kafka.producer.acks: 0\n"
        ),
        "profile=fast",
        &["producer acks=0 @13"],
    ),
    // What is mounted lies under the variables, too.
    (
        "mounted.yaml",
        concat!(
            config!(
                "files",
                "  application.properties: |\n    spring.kafka.producer.acks=1\n    spring.kafka.producer.retries=3\n"
            ),
            "---\n",
            deployment!(
                "          env: [{name: SPRING_KAFKA_PRODUCER_ACKS, value: all}]\n      volumes:\n        - name: c\n          configMap: {name: files}\n"
            )
        ),
        "",
        &["producer acks=all @20", "producer retries=3 @8", "not passed-over more than one"],
    ),
    // A sidecar is no application.
    (
        "sidecar.yaml",
        concat!(
            config!(
                "files",
                "  application.yml: |\n    spring.rabbitmq.listener.simple.prefetch: 5\n"
            ),
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n",
            "      containers:\n        - name: proxy\n          env: [{name: PROXY, value: x}]\n        - name: a\n",
            "          env: [{name: SPRING_RABBITMQ_LISTENER_SIMPLE_CONCURRENCY, value: \"4\"}]\n",
            "      volumes: [{name: c, configMap: {name: files}}]\n"
        ),
        "",
        &[
            "consumer prefetch_count=5 @7",
            "consumer concurrency=4 @19",
            "not passed-over more than one",
        ],
    ),
    (
        "broker-file.yaml",
        config!(
            "a",
            "  server.properties: |\n    process.roles=broker\n    default.replication.factor=1\n    min.insync.replicas=1\n    log.dirs=/x\n  one-line.properties: acks=1\n"
        ),
        "",
        &[
            "read Kafka broker properties",
            "broker replication.factor=1 @8",
            "passed-over one-line.properties is not read",
        ],
    ),
    (
        "definitions.yaml",
        config!(
            "a",
            "  definitions.json: |\n    {\"rabbit_version\": \"4.1.0\",\n     \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"arguments\": {}}]}\n"
        ),
        "",
        &["broker x-queue-type=classic"],
    ),
    (
        "broken.yaml",
        concat!(
            config!("a", "  application.yml: |\n    a: [1\n    b: }\n"),
            "---\napiVersion: v1\nkind: Service\n"
        ),
        "",
        &["nothing", "passed-over application.yml cannot be read"],
    ),
    ("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n", "", &["nothing"]),
    (
        "helm.yaml",
        deployment!(
            "          env:\n            - name: KAFKA_ACKS\n              value: \"{{ .Values.acks }}\"\n"
        ),
        "",
        &["unreadable KAFKA_ACKS: the value of a template is not in the file"],
    ),
];

#[test]
fn containers_and_config_maps() {
    all_come_out(KUBERNETES);
}

#[test]
fn services_share_an_environment() {
    let text = "x-env: &env\n  CELERY_BROKER_URL: amqp://h\n  CELERY_TASK_ACKS_LATE: \"true\"\nservices:\n  web: {environment: *env}\n  worker: {environment: *env}\n";
    all_come_out(&[(
        "compose.yml",
        text,
        "",
        &["consumer acks_late=true @3", "not passed-over more than one"],
    )]);
    let text = "services:\n  a:\n    image: acme/bills\n    environment:\n      MP_MESSAGING_INCOMING_BILLS_FAILURE_STRATEGY: ignore\n";
    let expected = &["read docker compose and Quarkus", "consumer failure-strategy=ignore @5"];
    all_come_out(&[("compose.yml", text, "", expected)]);
    // Nothing else is judged: the names are taken at their word.
    let text = "services:\n  a:\n    environment: [KAFKA_ACKS=1, KAFKA_BOOTSTRAP_SERVERS=x]\n";
    all_come_out(&[("compose.yml", text, "", &["producer acks=1 @3", "assumed which client"])]);
    let text = "services:\n  a: {image: acme/kafka-reports, environment: {KAFKA_SERVERS: x, RETRIES: 3}}\n";
    all_come_out(&[("compose.yml", text, "", &["nothing", "passed-over RETRIES is a variable"])]);
}

#[test]
fn a_patch_of_a_manifest() {
    let acks = "spring.kafka.producer.acks";
    for (text, settings, expected) in [
        (
            deployment!(
                "          env:\n            - name: SPRING_KAFKA_PRODUCER_ACKS\n              value: \"1\"\n"
            ),
            &[ACKS, IN_FLIGHT][..],
            "+            - name: SPRING_KAFKA_PRODUCER_PROPERTIES_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION\n+              value: \"1\"\n+              value: \"all\"\n",
        ),
        (
            deployment!("          env: [{name: SPRING_KAFKA_PRODUCER_ACKS, value: \"1\"}]\n"),
            &[ACKS],
            "+          env: [{name: SPRING_KAFKA_PRODUCER_ACKS, value: \"all\"}]\n",
        ),
        (
            config!("a", "  SPRING_KAFKA_PRODUCER_ACKS: \"1\"\n"),
            &[ACKS, IN_FLIGHT],
            "+  SPRING_KAFKA_PRODUCER_PROPERTIES_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION: \"1\"\n+  SPRING_KAFKA_PRODUCER_ACKS: \"all\"\n",
        ),
        (
            config!("a", "  application.yml: |\n    spring.kafka.producer.acks: 1\n  b: c\n"),
            &[ACKS, IN_FLIGHT],
            "+    spring.kafka.producer.properties.max.in.flight.requests.per.connection: 1\n+    spring.kafka.producer.acks: all\n",
        ),
        // Behind the last line of the file inside of the file.
        (
            config!(
                "a",
                "  application.yml: |\n    spring:\n      kafka:\n        producer:\n          acks: 1\n  b: c\n"
            ),
            &[ACKS, IN_FLIGHT],
            "+          acks: all\n+    spring.kafka.producer.properties.max.in.flight.requests.per.connection: 1\n",
        ),
        (
            config!(
                "a",
                "  server.properties: |\n    process.roles=broker\n    log.dirs=/x\n  b: c\n"
            ),
            &[COPIES],
            "+    default.replication.factor=3\n",
        ),
    ] {
        let (lines, left) = added("orders.yaml", text, "", settings);
        assert_eq!((lines.as_str(), left.as_str()), (expected, "[]"), "{text}");
    }
    let text = config!("a", "  application.yml: |\n    spring.kafka.producer.acks: 1\n");
    let patch = whole("orders.yaml", &text.replace('\n', "\r\n"), &[ACKS]);
    assert!(patch.contains(&format!("-    {acks}: 1\r\n+    {acks}: all\r\n")), "{patch}");
}
