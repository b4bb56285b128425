//! The program of a NATS server: in which order a message is stored and acknowledged.

use crate::sim::program::{Op, Program};
use crate::sim::settings::nats::{Broker, PersistMode, Storage, SyncInterval};

/// Builds the program of the server that leads a stream, which runs once for each copy.
pub(in crate::sim) fn program(p: &mut Program, broker: &Broker) {
    if !broker.stream {
        return p.run(Op::Append, 0, "subscription.send(m)");
    }
    p.run(Op::Append, 0, "stream.append(m)");
    let (majority, all) = (broker.replicas / 2 + 1, broker.replicas);
    let synced = broker.sync_interval == SyncInterval::Always;
    let later = "// synced every 2 minutes";
    match (broker.storage, broker.persist_mode) {
        (Storage::File, PersistMode::Async) => {
            p.run(Op::Acknowledge, 0, "publisher.puback(m)");
            p.run(Op::Write, 0, "file.write(m)");
            return p.run(Op::Persist, 0, later);
        }
        (Storage::File, PersistMode::Default) if synced => {
            p.run(Op::Persist, 0, "file.write_and_sync(m)");
        }
        (Storage::File, PersistMode::Default) => p.run(Op::Write, 0, "file.write(m)"),
        (Storage::Memory, _) => {}
    }
    for _ in 1..majority {
        p.run(Op::Replicate, 0, "follower.append(m)");
    }
    p.run(Op::Acknowledge, 0, "publisher.puback(m)");
    if broker.storage == Storage::File && !synced {
        p.run(Op::Persist, 0, later);
    }
    for _ in majority..all {
        p.run(Op::Replicate, 0, "follower.append(m)");
    }
}
