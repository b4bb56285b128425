//! Files that are given together: what one says about another.

use super::answers;
use super::own::comes_out;
use ackward::import::{Reading, Source, read};

/// Names and texts of files, answers, and what must come out.
type Files<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);

fn reading(files: &[(&str, &str)], given: &str) -> Reading {
    let source = |(name, text): &(&str, &str)| Source {
        name: (*name).to_owned(),
        text: (*text).to_owned(),
        syntax: None,
    };
    let sources: Vec<Source> = files.iter().map(source).collect();
    read(&sources, &answers(given)).unwrap_or_else(|error| panic!("{files:?}: {error:?}"))
}

fn all_come_out(all: &[Files]) {
    let mut wrong = Vec::new();
    for (files, given, expected) in all {
        let reading = reading(files, given);
        for expected in *expected {
            let comes = match expected.strip_prefix("not ") {
                Some(expected) => !comes_out(&reading, expected),
                None => comes_out(&reading, expected),
            };
            if !comes {
                let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
                let rows = reading.taken().iter().map(|row| format!("{row:?}"));
                let remarks = reading.remarks.iter().map(|remark| format!("{remark:?}"));
                let all: Vec<String> = rows.chain(remarks).collect();
                wrong.push(format!("{names:?}: '{expected}' is missing in {all:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CONFIG: (&str, &str) = (
    "config.yaml",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders}\ndata:\n  SPRING_KAFKA_PRODUCER_ACKS: \"1\"\n  level: READ_COMMITTED\n  application.yml: |\n    spring:\n      kafka:\n        consumer:\n          enable-auto-commit: true\n",
);

const DEPLOYMENT: (&str, &str) = (
    "deployment.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\nspec:\n  template:\n    spec:\n      containers:\n        - name: orders\n          envFrom: [{configMapRef: {name: orders}}]\n          env:\n            - name: SPRING_KAFKA_CONSUMER_ISOLATION_LEVEL\n              valueFrom: {configMapKeyRef: {name: orders, key: level}}\n            - name: SPRING_KAFKA_PRODUCER_RETRIES\n              value: \"3\"\n      volumes: [{name: c, configMap: {name: orders}}]\n",
);

#[test]
fn a_config_map_may_be_in_another_file() {
    let expected = &[
        "producer acks=1 @5",
        "producer retries=3 @14",
        "consumer isolation.level=READ_COMMITTED @6",
        "consumer enable.auto.commit=true @11",
        "not passed-over more than one",
        "not passed-over are not in these files",
        "not unreadable configMapKeyRef",
        "read Kubernetes · ConfigMap and Spring Boot · Spring Kafka",
        "read Kubernetes · Deployment and Spring Boot · Spring Kafka",
    ];
    all_come_out(&[
        (&[CONFIG, DEPLOYMENT], "", expected),
        (&[DEPLOYMENT, CONFIG], "", expected),
        (&[DEPLOYMENT], "", &["passed-over the ConfigMap orders are not in these files"]),
    ]);
    let files = [("service.yaml", "apiVersion: v1\nkind: Service\n"), DEPLOYMENT];
    assert_eq!(reading(&files, "").read_as[0], "Kubernetes · Service");
}

const APPLICATION: (&str, &str) = (
    "src/main/resources/application.yml",
    "spring:\n  kafka:\n    producer:\n      acks: ${PRODUCER_ACKS:1}\n      retries: 3\n---\nspring:\n  config.activate.on-profile: live & !test\n  kafka.producer.retries: 7\n",
);

/// Variables of a container go over the application whose file is given beside the manifests.
#[test]
fn manifests_go_over_a_file() {
    let application = ("application.yml", "spring.kafka.producer: {acks: all, retries: 5}\n");
    let expected =
        &["producer acks=1 @5", "producer retries=3 @14", "not passed-over more than one"];
    let config = (
        "config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders}\ndata:\n  SPRING_KAFKA_PRODUCER_ACKS: \"1\"\n",
    );
    all_come_out(&[(&[application, config, DEPLOYMENT], "", expected)]);
}

#[test]
fn variables_go_over_the_application_whose_file_is_given() {
    let compose = (
        "compose.yml",
        "services:\n  db: {image: postgres, environment: {POSTGRES_DB: a}}\n  orders:\n    environment:\n      SPRING_PROFILES_ACTIVE: live\n      PRODUCER_ACKS: all\n      SPRING_KAFKA_CONSUMER_ENABLE_AUTO_COMMIT: \"true\"\n      SPRING_APPLICATION_JSON: '{\"spring\": {\"kafka\": {\"producer\": {\"properties\": {\"enable.idempotence\": false}}}}}'\n",
    );
    let expected = &[
        "producer acks=all @4",
        "producer retries=7 @9",
        "producer enable.idempotence=false @8",
        "consumer enable.auto.commit=true @7",
        "not passed-over more than one",
        "not overruled contradicts",
    ];
    all_come_out(&[
        (&[APPLICATION, compose], "", expected),
        (&[compose, APPLICATION], "", expected),
        (&[compose, APPLICATION], "profile=test", &["producer retries=3 @5"]),
        (&[APPLICATION], "", &["producer acks=1 @4", "producer retries=3 @5"]),
    ]);
    let env = ("prod.env", "SPRING_KAFKA_PRODUCER_ACKS=0\n");
    all_come_out(&[(
        &[APPLICATION, env],
        "",
        &["producer acks=0 @1", "assumed these variables are taken for those of the application"],
    )]);
    // Which of two services it is, nobody says.
    let two = (
        "compose.yml",
        "services:\n  a: {environment: [SPRING_KAFKA_PRODUCER_ACKS=0]}\n  b: {environment: [SPRING_KAFKA_PRODUCER_ACKS=all]}\n",
    );
    all_come_out(&[(
        &[APPLICATION, two],
        "",
        &["producer acks=1 @4", "passed-over more than one"],
    )]);
}

#[test]
fn the_file_of_a_profile_goes_over_the_applications_own() {
    let base = ("application.yml", "spring.kafka.producer: {acks: 1, retries: 3}\n");
    let live = ("application-live.yml", "spring.kafka.producer.acks: all\n");
    let passed = "passed-over the file of the profile live is passed over";
    all_come_out(&[
        (&[base, live], "", &["producer acks=1 @1", passed, "asks profile"]),
        (&[live, base], "profile=live", &["producer acks=all @1", "producer retries=3 @1"]),
        (&[live], "", &["producer acks=all @1", "not asks profile"]),
    ]);
    let base =
        ("application.properties", "spring.profiles.active=live\nspring.kafka.producer.acks=1\n");
    all_come_out(&[(&[base, live], "", &["producer acks=all @1"])]);
    let base = (
        "application.properties",
        "mp.messaging.outgoing.bills.connector=smallrye-kafka\nmp.messaging.outgoing.bills.acks=1\n",
    );
    let own = ("application-prod.properties", "mp.messaging.outgoing.bills.acks=all\n");
    all_come_out(&[(&[base, own], "profile=prod", &["producer acks=all @1"])]);
}

#[test]
fn the_address_of_celerys_broker_may_be_in_another_file() {
    let compose = (
        "compose.yml",
        "services:\n  worker:\n    environment:\n      CELERY_BROKER_URL: redis://redis:6379/0\n      DEBUG: \"1\"\n",
    );
    let settings = (
        "settings.py",
        "import os\nCELERY_BROKER_URL = os.environ['CELERY_BROKER_URL']\nCELERY_TASK_ACKS_LATE = True\n",
    );
    all_come_out(&[
        (&[settings], "", &["read Celery on RabbitMQ"]),
        (&[settings, compose], "", &["read Celery on Redis", "consumer acks_late=true @3"]),
        (
            &[compose],
            "",
            &[
                "nothing",
                "passed-over worker has CELERY_BROKER_URL and no other setting of Celery",
                "irrelevant DEBUG",
            ],
        ),
    ]);
}

#[test]
fn a_connector_over_its_worker() {
    let worker = (
        "connect.yaml",
        "apiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaConnect\nmetadata: {name: c}\nspec:\n  replicas: 1\n  config:\n    group.id: c\n    producer.acks: 1\n    producer.linger.ms: 5\n    consumer.max.poll.records: 10\n",
    );
    let source = (
        "source.yaml",
        "apiVersion: kafka.strimzi.io/v1beta2\nkind: KafkaConnector\nmetadata: {name: debezium}\nspec:\n  class: io.debezium.connector.postgresql.PostgresConnector\n  config:\n    producer.override.acks: all\n    producer.override.retires: 5\n    errors.tolerance: all\n",
    );
    all_come_out(&[
        (
            &[worker, source],
            "",
            &[
                "read Strimzi · KafkaConnector",
                "producer acks=all @7",
                "producer enable.idempotence=false",
                "producer max.in.flight.requests.per.connection=1",
                "consumer max.poll.records=10 @10",
                "consumer auto.offset.reset=earliest",
                "no-effect Did you mean retries?",
                "not-modeled errors.tolerance is not modeled",
                "irrelevant producer.linger.ms",
                "sets producer.on_restart=resend",
            ],
        ),
        (&[worker], "", &["producer acks=1 @8", "consumer max.poll.records=10 @10"]),
        (
            &[(
                "sink.json",
                "{\"name\": \"s\", \"config\": {\"connector.class\": \"io.x.JdbcSinkConnector\", \"topics\": \"a\",\n \"consumer.override.auto.offset.reset\": \"latest\"}}",
            )],
            "",
            &[
                "read Kafka Connect · connector",
                "consumer auto.offset.reset=latest @2",
                "not asks lib",
            ],
        ),
        (
            &[(
                "connect.properties",
                "bootstrap.servers=x\noffset.storage.topic=o\nproducer.acks=1\n",
            )],
            "",
            &["read Kafka Connect · worker", "producer acks=1 @3"],
        ),
    ]);
}
