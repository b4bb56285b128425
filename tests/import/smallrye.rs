//! Variables of SmallRye: `MP_MESSAGING_INCOMING_CHANNEL_ATTRIBUTE`.

use super::own::{Sample, all_come_out};
use super::patches::{ACKS, added};

const SMALLRYE: &[Sample] = &[
    (
        "quarkus.env",
        "MP_MESSAGING_INCOMING_ORDERS_IN_CONNECTOR=smallrye-kafka\nMP_MESSAGING_INCOMING_ORDERS_IN_ENABLE_AUTO_COMMIT=true\nMP_MESSAGING_INCOMING_ORDERS_IN_COMMIT_STRATEGY=ignore\nMP_MESSAGING_INCOMING_ORDERS_IN_MAX_POL_RECORDS=5\nMP_MESSAGING_OUTGOING_BILLS_ACKS=all\nKAFKA_BOOTSTRAP_SERVERS=x:9092\nMP_MESSAGING_CONNECTOR_SMALLRYE_KAFKA_AUTO_OFFSET_RESET=earliest\nHOME=/\n",
        "",
        &[
            "read Quarkus · SmallRye",
            "consumer enable.auto.commit=true @2",
            "consumer commit-strategy=ignore @3",
            "consumer auto.offset.reset=earliest @7",
            "producer acks=all @5",
            "no-effect MP_MESSAGING_INCOMING_ORDERS_IN_MAX_POL_RECORDS is no key of SmallRye and has no effect. Did you mean MP_MESSAGING_INCOMING_ORDERS_IN_MAX_POLL_RECORDS?",
            "irrelevant KAFKA_BOOTSTRAP_SERVERS",
            "irrelevant MP_MESSAGING_INCOMING_ORDERS_IN_CONNECTOR",
            "irrelevant HOME",
        ],
    ),
    // For all channels.
    (
        "kafka.env",
        "KAFKA_ACKS=all\nMP_MESSAGING_OUTGOING_A_TOPIC=t\n",
        "",
        &["producer acks=all @1", "not assumed which client"],
    ),
];

#[test]
fn channels_as_variables() {
    all_come_out(SMALLRYE);
}

#[test]
fn a_patch_of_a_channels_variables() {
    let text =
        "MP_MESSAGING_OUTGOING_BILLS_OUT_CONNECTOR=smallrye-kafka\nKAFKA_BOOTSTRAP_SERVERS=x\n";
    let (lines, left) = added("a.env", text, "", &[ACKS]);
    let expected = "+MP_MESSAGING_OUTGOING_BILLS_OUT_ACKS=all\n";
    assert_eq!((lines.as_str(), left.as_str()), (expected, "[]"));
}
