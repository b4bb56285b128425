use super::*;

fn object<'a>(code: &'a Code, key: &str) -> &'a Node {
    code.objects.iter().find(|node| node.get(key).is_some()).expect("there is such an object")
}

#[test]
fn reads_python() {
    let code = read(
        "import os\nconf = {\n  \"acks\": 1,  # \"no\": 2\n  'enable.idempotence': True,\n}\n\
         p = KafkaProducer(bootstrap_servers=os.environ[\"K\"].split(\",\"), acks='all', \
         key=lambda v: v)\nch.basic_nack(tag)\n",
    );
    let conf = code.value_of("conf").unwrap();
    assert_eq!(conf.get("acks").and_then(Node::text), Some("1"));
    assert_eq!(conf.entry("enable.idempotence").unwrap().line, 4);
    assert!(conf.get("no").is_none());
    let call = code.calls_of("KafkaProducer").next().unwrap();
    assert_eq!(call.named("acks").unwrap().value.text(), Some("all"));
    assert!(matches!(&call.named("bootstrap_servers").unwrap().value.data, Data::Opaque(_)));
    assert!(code.calls("basic_nack"));
}

#[test]
fn multiplies_numbers_and_nothing_else() {
    let code = read("a = 60 * 60 * 2\nb = 60 * x\nc = 60 * 60 + 1\nd = 60 *\ne = 7\n");
    let text = |name: &str| code.value_of(name).and_then(Node::text);
    assert_eq!((text("a"), text("e")), (Some("7200"), Some("7")));
    assert_eq!((text("b"), text("c")), (None, None));
}

#[test]
fn reads_javascript_and_typescript() {
    let code = read(
        "// c\nconst app = await F.create<Options>(M, {\n  transport: Transport.KAFKA,\n  options: {\n    \
         consumer: { groupId: 'orders' }, // x\n    brokers: (process.env.B ?? 'h:1').split(','),\n  },\n});\n",
    );
    let call = code.calls_of("create").next().unwrap();
    let options = &call.args[1];
    assert_eq!(options.get("transport").unwrap().data, Data::Opaque("Transport.KAFKA".into()));
    assert_eq!(
        options.at(&["options", "consumer", "groupId"]).and_then(Node::text),
        Some("orders")
    );
    assert!(object(&code, "transport").get("options").is_some());
}

#[test]
fn reads_functions_among_options() {
    let code = read(
        "consumer.run({\n  autoCommit: false,\n  async eachBatch({ batch }) {\n    f({ a: 1 });\n  },\n  last: 1,\n});\n",
    );
    let options = &code.calls_of("run").next().unwrap().args[0];
    let found: Vec<_> = options.entries().iter().map(|e| (e.key.as_str(), e.line)).collect();
    assert_eq!(found, [("autoCommit", 2), ("eachBatch", 3), ("last", 6)]);
}

#[test]
fn reads_go_and_csharp() {
    let go = read(
        "package a\nw := &kafka.Writer{\n  RequiredAcks: kafka.RequireAll,\n}\n\
         cfg.Producer.Idempotent = true\nkafka.NewProducer(&kafka.ConfigMap{\"acks\": \"all\", \"linger.ms\": 5})\n",
    );
    let writer = go.objects_of("Writer").next().unwrap();
    assert_eq!(writer.get("RequiredAcks").unwrap().data, Data::Opaque("kafka.RequireAll".into()));
    assert_eq!(go.value_of("cfg.Producer.Idempotent").and_then(Node::text), Some("true"));
    let map = go.objects_of("ConfigMap").next().unwrap();
    assert_eq!(map.get("linger.ms").and_then(Node::text), Some("5"));
    let cs = read(
        "using X;\nvar c = new ConsumerConfig\n{\n  GroupId = \"g\",\n  EnableAutoCommit = true,\n  \
         ReadTimeout = 5_000,\n};\nvar d = new Dictionary<string, string> { { \"a.b\", \"1\" } };\n",
    );
    let config = cs.objects_of("ConsumerConfig").next().unwrap();
    assert_eq!(
        config.entry("EnableAutoCommit").map(|e| (e.line, e.value.text())),
        Some((5, Some("true")))
    );
    assert_eq!(config.get("ReadTimeout").and_then(Node::text), Some("5000"));
    assert_eq!(cs.value_of("d").unwrap().get("a.b").and_then(Node::text), Some("1"));
}

#[test]
fn reads_java() {
    let code = read(
        "props.put(ProducerConfig.ACKS_CONFIG, \"1\");\nprops.put(\"retries\", 3);\nMap.of(\"a\", 1);",
    );
    let call = code.calls_of("put").next().unwrap();
    assert_eq!(call.args[0].data, Data::Opaque("ProducerConfig.ACKS_CONFIG".into()));
    assert_eq!(code.calls.len(), 3);
}

#[test]
fn never_runs_away() {
    for part in
        ["{", "(", "[", "a(", "a{", "a.b = {", "\"", "'", "`", "/*", "<", "new ", "a: [", "\\"]
    {
        let _ = read(&part.repeat(3000));
    }
}

#[test]
fn literals_have_what_is_spread_into_them_and_added_later() {
    let code = read(
        "base = {'bootstrap.servers': 'k', 'acks': 'all'}\nother = {**base, 'linger.ms': 5}\n\
         other['acks'] = '1'\nother.update({'retries': 0})\np = Producer({**other, 'a.b': 1})\n",
    );
    let producer = code.calls_of("Producer").next().unwrap().args[0].clone();
    let get = |key: &str| producer.get(key).and_then(Node::text).map(str::to_owned);
    let all = ["bootstrap.servers", "acks", "linger.ms", "retries", "a.b"].map(get);
    assert_eq!(all.map(Option::unwrap), ["k", "1", "5", "0", "1"]);
    assert_eq!(code.objects, [producer], "the others are parts of it");
    let code = read(
        "func f() {\n\tw := &kafka.Writer{A: 1}\n\tw.B = 2\n}\nfunc g() {\n\tw := &kafka.Writer{A: 3}\n}\n",
    );
    let writers: Vec<&Node> = code.objects_of("Writer").collect();
    let values = |key: &str| writers.iter().map(|own| own.get(key).and_then(Node::text)).collect();
    let (a, b): (Vec<_>, Vec<_>) = (values("A"), values("B"));
    assert!(a.contains(&Some("1")) && a.contains(&Some("3")), "{a:?}");
    assert!(a.iter().zip(b).all(|(a, b)| b == a.filter(|a| *a == "1").map(|_| "2")));
    let code = read("const a = { ...b, acks: 1 };\nconst b = { ...a };\n");
    assert_eq!(code.value_of("a").and_then(|a| a.get("acks")).and_then(Node::text), Some("1"));
}
