//! The forms in which files are written: what is inside of texts, what refers to other places, and in
//! which order.

use super::own::{Sample, all_come_out};
use super::answers;
use ackward::import::{ImportError, Reading, Source, read};

fn given(text: &str) -> Result<Reading, ImportError> {
    read(&[Source { name: "x".into(), text: text.into(), syntax: None }], &answers(""))
}

/// Texts inside of YAML and properties look like code and are none.
const TEXTS: &[Sample] = &[
    (
        "function.yaml",
        "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      InlineCode: |\n        import os\n        def handler(e, c):\n          return x(\n      Timeout: 15\n      Events:\n        S: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}\n",
        "",
        &["read AWS SAM", "broker VisibilityTimeout=60 @2", "consumer Timeout=15 @10"],
    ),
    (
        "description.yaml",
        "Description: Orders come\n  from the web shop\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimeout: 60\n",
        "",
        &["read CloudFormation", "broker VisibilityTimeout=60 @7"],
    ),
    (
        "application.yml",
        "spring:\n  application:\n    description: >-\n      Takes orders\n      from the shop\n  kafka.producer.acks: 1\napp:\n  sql: |\n    insert into t (\n      a = 1\n      b = 2\n    );\n",
        "",
        &["read Spring Kafka", "producer acks=1 @6"],
    ),
    (
        "application.properties",
        "app.sql=insert into t (\nspring.application.name = \"shop\"\napp.text=it comes \\\n  from the shop\nspring.kafka.producer.acks=1\n",
        "",
        &["read Spring Kafka", "producer acks=1 @5"],
    ),
];

const SECTIONS: &[Sample] = &[
    (
        "client.ini",
        "[default]\nbootstrap.servers=localhost:9092\nacks=1\n\n[consumer]\n; of this group\ngroup.id=a\nauto.offset.reset=earliest\nenable.auto.commit=false\n",
        "",
        &[
            "read librdkafka",
            "producer acks=1 @3",
            "consumer auto.offset.reset=earliest @8",
            "consumer enable.auto.commit=false @9",
            "assumed which client reads these sections",
        ],
    ),
    (
        "producer.toml",
        "[kafka.producer]\nacks = \"0\"\nretries = 3\n",
        "",
        &["producer acks=0 @2", "producer retries=3 @3"],
    ),
];

#[test]
fn texts_are_no_code() {
    all_come_out(TEXTS);
}

#[test]
fn sections_of_ini_files() {
    all_come_out(SECTIONS);
    let error = given("[celery]\nworker_concurrency = 16\n").expect_err("there is no client in it");
    assert!(error.text.contains("it was read as an .ini file, and nothing in it"), "{error:?}");
}
