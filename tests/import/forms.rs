//! The forms in which files are written: what is inside of texts, what refers to other places, and in
//! which order.

use super::own::{Sample, all_come_out};
use super::{answers, own::comes_out};
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

const TERRAFORM: &[Sample] = &[
    // The order of blocks has no meaning.
    (
        "order.tf",
        "resource \"aws_sqs_queue_redrive_policy\" \"rp\" {\n  queue_url = aws_sqs_queue.q.id\n  redrive_policy = jsonencode({\n    deadLetterTargetArn = aws_sqs_queue.dl.arn\n    maxReceiveCount     = 4\n  })\n}\nresource \"aws_sqs_queue\" \"q\" {\n  name = \"q\"\n}\nresource \"aws_sqs_queue\" \"dl\" {\n  name = \"other\"\n}\n",
        "",
        &["broker maxReceiveCount=4 @5", "not passed-over is not in the files"],
    ),
    (
        "quoted.tf",
        "resource \"aws_sqs_queue\" \"other\" {\n  visibility_timeout_seconds = 99\n}\nresource \"aws_sqs_queue\" \"q\" {\n  redrive_policy = \"{\\\"deadLetterTargetArn\\\":\\\"${aws_sqs_queue.other.arn}\\\",\\\"maxReceiveCount\\\":4}\"\n  visibility_timeout_seconds = \"${var.seconds}\"\n}\nvariable \"seconds\" {\n  default = 60\n}\n",
        "",
        &["broker maxReceiveCount=4 @5", "broker VisibilityTimeout=60 @6", "not unreadable"],
    ),
    (
        "heredoc.tf",
        "locals {\n  sqs = { tries = 6 }\n}\nresource \"aws_sqs_queue\" \"q\" {\n  redrive_policy = <<-POLICY\n    {\n      \"deadLetterTargetArn\": \"${aws_sqs_queue.dlq[\"a\"].arn}\",\n      \"maxReceiveCount\": ${local.sqs.tries}\n    }\n  POLICY\n}\nresource \"aws_sqs_queue\" \"dlq\" {\n  name = \"q-dlq\"\n}\n",
        "",
        &["broker maxReceiveCount=6 @8"],
    ),
    (
        "unknown.tf",
        "resource \"aws_sqs_queue\" \"q\" {\n  redrive_policy = <<EOF\n{\"deadLetterTargetArn\": \"a\", \"maxReceiveCount\": ${var.tries}}\nEOF\n  visibility_timeout_seconds = \"${var.a}${var.b}\"\n}\n",
        "",
        &[
            "unreadable maxReceiveCount is not in the file; 3 is assumed",
            "unreadable the value of \"${var.a}${var.b}\" is not in the file",
        ],
    ),
    (
        "elsewhere.tf",
        "locals {\n  policy = jsonencode({ maxReceiveCount = 2, deadLetterTargetArn = \"d\" })\n}\nresource \"aws_sqs_queue\" \"q\" {\n  redrive_policy = local.policy\n}\n",
        "",
        &["broker maxReceiveCount=2 @5"],
    ),
    (
        "module.tf",
        "module \"queue\" {\n  source  = \"terraform-aws-modules/sqs/aws\"\n  version = \"~> 4.0\"\n  name    = \"jobs\"\n  create_dlq = true\n  visibility_timeout_seconds = 60\n}\nresource \"aws_lambda_event_source_mapping\" \"m\" {\n  event_source_arn = module.queue.queue_arn\n  function_name    = \"work\"\n}\nresource \"aws_lambda_function\" \"f\" {\n  function_name = \"work\"\n  timeout = 20\n}\n",
        "",
        &[
            "broker VisibilityTimeout=60 @6",
            "broker maxReceiveCount=5 @5",
            "consumer Timeout=20 @14",
            "irrelevant version",
        ],
    ),
    (
        "module-policy.tf",
        "module \"queue\" {\n  source  = \"terraform-aws-modules/sqs/aws\"\n  create_dlq = true\n  fifo_queue = true\n  redrive_policy = { maxReceiveCount = 10 }\n}\n",
        "",
        &["broker FifoQueue=true @4", "broker maxReceiveCount=10 @5"],
    ),
    (
        "module-other.tf",
        "module \"jobs\" {\n  source = \"./modules/queue\"\n  max_receive_count = 3\n}\nmodule \"net\" {\n  source = \"./net\"\n}\nresource \"aws_sqs_queue\" \"q\" {\n}\n",
        "",
        &[
            "passed-over the module jobs (./modules/queue) configures a queue",
            "irrelevant module.net",
        ],
    ),
];

/// A plan has what is known before apply; of the rest it has at most what it refers to.
const PLANS: &[Sample] = &[
    (
        "late.json",
        "{\"terraform_version\": \"1.9.5\", \"planned_values\": {\"root_module\": {\"resources\": [\n {\"type\": \"aws_lambda_function\", \"name\": \"w\", \"values\": {\"timeout\": 90}},\n {\"type\": \"aws_lambda_event_source_mapping\", \"name\": \"m\", \"values\": {\"batch_size\": 10}},\n {\"type\": \"aws_sqs_queue\", \"name\": \"this\", \"values\": {\"visibility_timeout_seconds\": 540}},\n {\"type\": \"aws_sqs_queue_redrive_policy\", \"name\": \"this\", \"values\": {}}]}},\n \"configuration\": {\"root_module\": {}}}",
        "",
        &[
            "consumer Timeout=90 @2",
            "assumed aws_lambda_function.w is assumed, the only one",
            "unreadable what aws_sqs_queue_redrive_policy.this says is known only after apply",
        ],
    ),
    (
        "references.json",
        "{\"terraform_version\": \"1.9.5\", \"planned_values\": {\"root_module\": {\"resources\": [\n {\"type\": \"aws_lambda_function\", \"name\": \"v\", \"values\": {\"timeout\": 10}},\n {\"type\": \"aws_lambda_function\", \"name\": \"w\", \"values\": {\"timeout\": 90}},\n {\"type\": \"aws_lambda_event_source_mapping\", \"name\": \"m\", \"values\": {}},\n {\"address\": \"aws_sqs_queue.q\", \"type\": \"aws_sqs_queue\", \"name\": \"q\", \"values\": {\"visibility_timeout_seconds\": 540}}]}},\n \"resource_changes\": [{\"address\": \"aws_sqs_queue.q\", \"change\": {\"after_unknown\": {\"redrive_policy\": true}}}],\n \"configuration\": {\"root_module\": {\"resources\": [\n {\"type\": \"aws_lambda_event_source_mapping\", \"name\": \"m\", \"expressions\": {\"function_name\": {\"references\": [\"aws_lambda_function.w.arn\"]}}}]}}}",
        "",
        &[
            "consumer Timeout=90 @3",
            "unreadable redrive_policy: maxReceiveCount is not in the file",
            "not assumed the only one",
        ],
    ),
];

const REFERENCES: &[Sample] = &[
    (
        "serverless.yml",
        "service: mail\ncustom:\n  tries: {dev: 4}\nprovider: {name: aws, stage: dev}\nfunctions:\n  f:\n    handler: h\n    events:\n      - sqs: {arn: !GetAtt Q.Arn}\nresources:\n  Resources:\n    Q:\n      Type: AWS::SQS::Queue\n      Properties:\n        VisibilityTimeout: ${self:custom.seconds, 90}\n        RedrivePolicy:\n          deadLetterTargetArn: !GetAtt D.Arn\n          maxReceiveCount: ${self:custom.tries.${opt:stage, self:provider.stage}}\n    D:\n      Type: AWS::SQS::Queue\n",
        "",
        &["broker maxReceiveCount=4 @18", "broker VisibilityTimeout=90 @15", "not unreadable"],
    ),
    (
        "mappings.yaml",
        "Parameters:\n  Stage: {Type: String, Default: live}\n  Tries: {Type: Number, Default: 3}\nMappings:\n  Sqs: {live: {seconds: 45}}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimeout: !FindInMap [Sqs, !Ref Stage, seconds]\n      RedrivePolicy: !Sub '{\"deadLetterTargetArn\": \"${D.Arn}\", \"maxReceiveCount\": ${Tries}}'\n  D:\n    Type: AWS::SQS::Queue\n",
        "",
        &["broker VisibilityTimeout=45 @10", "broker maxReceiveCount=3 @11"],
    ),
    (
        "compose.yml",
        "services:\n  broker:\n    image: confluentinc/cp-kafka:7.5.0\n    environment:\n      KAFKA_BROKER_ID: 1\n      KAFKA_MIN_INSYNC_REPLICAS: ${MIN_ISR:-2}\n      KAFKA_DEFAULT_REPLICATION_FACTOR: ${COPIES:?say how many}\n  shop:\n    environment:\n      - SPRING_KAFKA_PRODUCER_ACKS=${ACKS-1}\n",
        "",
        &[
            "broker min.insync.replicas=2 @6",
            "producer acks=1 @10",
            "unreadable the value of ${COPIES:?say how many} is not in the file",
        ],
    ),
    (
        "compose.yml",
        "services:\n  shop:\n    environment:\n      SPRING_KAFKA_PRODUCER_ACKS: ${ACKS:-1}\n\n=====\nACKS=0\nSPRING_KAFKA_CONSUMER_GROUPID=${GROUP:-a}\nSPRING_KAFKA_CONSUMER_ENABLEAUTOCOMMIT=${COMMIT:-true}\n",
        "",
        &["producer acks=0 @4", "consumer enable.auto.commit=true @3"],
    ),
];

const SCALARS: &[Sample] = &[
    (
        "application.yml",
        "spring:\n  kafka:\n    producer:\n      properties:\n        enable.idempotence: off\n        delivery.timeout.ms: 600_000\n    consumer:\n      group-id: g\n      properties: {max.poll.interval.ms: '600_000'}\n",
        "",
        &[
            "producer enable.idempotence=false @5",
            "producer delivery.timeout.ms=600000 @6",
            "unreadable 600_000 cannot be read",
        ],
    ),
    // The lines of one key: the last one counts.
    (
        "twice.properties",
        "spring.kafka.producer.acks=1\nspring.kafka.producer.acks=all\n",
        "",
        &[
            "producer acks=all @2",
            "overruled spring.kafka.producer.acks has no effect on this line",
        ],
    ),
    ("twice.env", "KAFKA_ACKS=1\nKAFKA_ACKS=0\n", "", &["producer acks=0 @2", "overruled line 2"]),
];

const CODE: &[Sample] = &[
    (
        "main.rs",
        "use rdkafka::config::ClientConfig;\nfn main() {\n    let producer: FutureProducer = ClientConfig::new()\n        .set(\"bootstrap.servers\", \"localhost:9092\")\n        .set(\"acks\", \"1\")\n        .set(\"message.timeout.ms\", timeout)\n        .create()\n        .expect(\"x\");\n    let mut config = ClientConfig::new();\n    config.set(\"group.id\", \"g\");\n    config.set(\"enable.auto.commit\", \"false\");\n}\n",
        "",
        &[
            "read librdkafka",
            "producer acks=1 @5",
            "consumer enable.auto.commit=false @11",
            "unreadable the value of timeout is not in the file",
        ],
    ),
    (
        "queue.js",
        "import { Consumer } from 'sqs-consumer';\nconst app = Consumer.create({\n  queueUrl: url,\n  batchsize: 5,\n  visibilityTimout: 60,\n  myOwn: 1,\n  waitTimeSeconds: 20,\n  handleMessage: async (m) => { await work(m); },\n});\n",
        "",
        &[
            "no-effect batchsize is no key of sqs-consumer and has no effect. Did you mean batchSize?",
            "no-effect Did you mean visibilityTimeout?",
            "irrelevant myOwn",
            "irrelevant waitTimeSeconds",
        ],
    ),
    (
        "consumer.js",
        "const { Kafka } = require('kafkajs');\nconst kafka = new Kafka({ brokers: ['x'] });\nconst consumer = kafka.consumer({ groupId: 'g', maxWaitTimeInMs: 1 });\nconsumer.subscribe({ topic: 't', fromBegining: true });\nconsumer.run({ autocommit: false, eachMessage: async () => {} });\n",
        "",
        &[
            "no-effect Did you mean fromBeginning?",
            "no-effect Did you mean autoCommit?",
            "irrelevant maxWaitTimeInMs",
        ],
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

#[test]
fn terraform_in_any_order_and_form() {
    all_come_out(TERRAFORM);
    all_come_out(PLANS);
}

#[test]
fn references_lead_to_numbers() {
    all_come_out(REFERENCES);
}

#[test]
fn scalars_and_keys_are_those_of_the_reader() {
    all_come_out(SCALARS);
    let twice = "kafka:\n  a: 1\nspring:\n  kafka.producer: {acks: 1}\nspring:\n  kafka.consumer.group-id: g\n";
    let error = given(twice).expect_err("Spring Boot does not start");
    assert_eq!(error.line, 5);
    assert!(error.text.contains("spring is in this map for the second time"), "{error:?}");
    let other = given(&twice.replace("spring", "app")).expect("other readers take it");
    assert!(comes_out(&other, "producer acks=1 @4"));
}

#[test]
fn options_of_code() {
    all_come_out(CODE);
}
