//! NATS clients: the command line (`nats`), and nats.go with its `jetstream` package.
//!
//! Sources: docs.nats.io (streams, consumers, the model deep dive); nats.go `jetstream/publish.go`,
//! `jetstream/consumer_config.go`, `jetstream/message.go`; natscli `stream_command.go`.

use super::{Block, Order};
use crate::sim::settings::{BrokerSettings, ConsumerSettings, OnError, ProducerSettings, nats};
use crate::sim::{Configuration, Op};
use std::fmt::Write;

/// Returns the blocks, if the configuration is one of this product.
pub(super) fn blocks(config: &Configuration, order: Order) -> Option<Vec<Block>> {
    let (ProducerSettings::Nats(producer), BrokerSettings::Nats(broker)) =
        (&config.producer, &config.broker)
    else {
        return None;
    };
    let consumer = &config.consumer;
    if !broker.stream {
        return Some(vec![
            Block {
                title: "nats.go 1.x, publisher",
                text: "nc.Publish(\"orders\", data)\n".into(),
            },
            Block { title: "nats.go 1.x, subscriber", text: CORE.into() },
        ]);
    }
    let mut blocks = vec![Block { title: "NATS CLI 0.3, stream", text: stream(broker) }];
    if broker.sync_interval == nats::SyncInterval::Always {
        let text = "jetstream {\n  sync_interval: always\n}\n".into();
        blocks.push(Block { title: "nats-server.conf, NATS 2.15", text });
    }
    blocks.push(Block { title: "nats.go 1.x, publisher", text: publisher(producer, order) });
    blocks.push(Block { title: "nats.go 1.x, consumer", text: subscriber(consumer, order) });
    Some(blocks)
}

const CORE: &str = "nc.QueueSubscribe(\"orders\", \"workers\", handle)\n";

fn stream(broker: &nats::Broker) -> String {
    let retention = match broker.retention {
        nats::Retention::Limits => "limits",
        nats::Retention::Workqueue => "work",
        nats::Retention::Interest => "interest",
    };
    let storage = if broker.storage == nats::Storage::Memory { "memory" } else { "file" };
    let discard = if broker.discard == nats::Discard::New { "new" } else { "old" };
    let limit = broker.max_msgs.map_or(-1, i32::from);
    let age = if broker.max_age > 0 { format!("{}s", broker.max_age) } else { "-1".into() };
    let mut text = format!(
        "nats stream add ORDERS --subjects 'orders.>' --storage {storage} \\\n  \
         --replicas {} --retention {retention} --discard {discard} \\\n  \
         --max-msgs={limit} --max-age={age} --dupe-window={}s",
        broker.replicas, broker.duplicate_window
    );
    if broker.persist_mode == nats::PersistMode::Async {
        text.push_str(" \\\n  --persist-mode async");
    }
    text.push_str(" --defaults\n");
    text
}

fn publisher(producer: &nats::Producer, order: Order) -> String {
    let subject = if order == Order::Key { "\"orders.\"+key" } else { "\"orders.new\"" };
    if producer.publish == nats::Publish::Core {
        return format!("nc.Publish({subject}, data) // no PubAck\n");
    }
    let id = match producer.msg_id {
        nats::MsgId::None => "",
        nats::MsgId::PerMessage => ", jetstream.WithMsgID(id)",
        nats::MsgId::PerAttempt => ", jetstream.WithMsgID(nuid.Next())",
    };
    let mut text = String::from("js, _ := jetstream.New(nc)\n");
    let attempts = producer.publish_attempts;
    let call = format!("js.Publish(ctx, {subject}, data{id})");
    if attempts > 1 {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "for range {attempts} {{\n  ctx, cancel := context.WithTimeout(parent, 5*time.Second)\n  \
             _, err = {call}\n  cancel()\n  if err == nil {{ return nil }}\n  \
             time.Sleep(250 * time.Millisecond)\n}}\nreturn err"
        );
    } else {
        let _ = writeln!(text, "_, err := {call}");
    }
    if producer.msg_id == nats::MsgId::PerMessage {
        text.push_str("// id is the id of the message: the same for each attempt\n");
    }
    text
}

fn subscriber(consumer: &ConsumerSettings, order: Order) -> String {
    let own = consumer.nats.clone().unwrap_or_default();
    let policy = match own.ack_policy {
        nats::AckPolicy::Explicit => "AckExplicitPolicy",
        nats::AckPolicy::All => "AckAllPolicy",
        nats::AckPolicy::None => "AckNonePolicy",
    };
    let pending = if order == Order::All { 1 } else { own.max_ack_pending };
    let mut fields = vec![format!("AckPolicy: jetstream.{policy}")];
    if own.durable {
        fields.insert(0, "Durable: \"workers\"".into());
    }
    if own.ack_policy != nats::AckPolicy::None {
        fields.push(format!("AckWait: {} * time.Second", own.ack_wait));
        fields.push(format!("MaxAckPending: {pending}"));
        fields.push(format!("MaxDeliver: {}", own.max_deliver.map_or(-1, i32::from)));
    }
    let steps: Vec<String> = own.backoff.iter().filter_map(|step| go(step)).collect();
    if !steps.is_empty() {
        fields.push(format!("BackOff: []time.Duration{{{}}}", steps.join(", ")));
    }
    if own.deliver_policy == nats::DeliverPolicy::New {
        fields.push("DeliverPolicy: jetstream.DeliverNewPolicy".into());
    }
    let mut text = format!(
        "cons, _ := js.CreateOrUpdateConsumer(ctx, \"ORDERS\", jetstream.ConsumerConfig{{\n  {},\n}})\n",
        fields.join(",\n  ")
    );
    match own.pull_max_messages {
        1 => text.push_str("msg, _ := cons.Next()\n"),
        n => {
            let _ = writeln!(text, "cons.Consume(handle, jetstream.PullMaxMessages({n}))");
        }
    }
    if own.in_progress {
        text.push_str("// again and again while the handler runs:\nmsg.InProgress()\n");
    }
    if consumer.program.contains(&Op::Ack) {
        text.push_str(if own.ack_sync { "msg.DoubleAck(ctx)\n" } else { "msg.Ack()\n" });
        match consumer.on_error {
            OnError::Requeue => text.push_str("// when the handler fails:\nmsg.Nak()\n"),
            OnError::Reject => text.push_str("// when the handler fails:\nmsg.Term()\n"),
            _ => {}
        }
    }
    text
}

/// Returns a duration such as `30s` as Go code.
fn go(text: &str) -> Option<String> {
    let seconds = nats::seconds(text)?;
    Some(format!("{seconds} * time.Second"))
}
