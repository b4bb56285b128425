//! Policies of RabbitMQ: what goes over what.

use super::own::{Sample, all_come_out};

const POLICIES: &[Sample] = &[
    // A limit below zero is none, so that the operator's counts.
    (
        "operator.json",
        "{\"rabbit_version\": \"4.0.5\", \"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"arguments\": {\"x-queue-type\": \"quorum\"}}],\n \"policies\": [{\"vhost\": \"/\", \"name\": \"p\", \"pattern\": \".*\",\n  \"definition\": {\"delivery-limit\": -1, \"max-length\": 10, \"overflow\": \"drop-head\"}}],\n \"operator_policies\": [{\"vhost\": \"/\", \"name\": \"cap\", \"pattern\": \".*\", \"apply-to\": \"queues\",\n  \"definition\": {\"delivery-limit\": 8, \"max-length\": 20, \"overflow\": \"reject-publish\"}}]}",
        "",
        &[
            "broker x-delivery-limit=8 @6",
            "broker x-overflow=reject-publish @6",
            "overruled delivery-limit -1 of the policy p has no effect on a: 8 of the operator policy cap, which is stricter, counts",
            "overruled max-length 20 of the operator policy cap has no effect on a: 10 of the policy p",
            "not irrelevant operator_policies",
        ],
    ),
    (
        "operator-alone.json",
        "{\"rabbit_version\": \"3.13.7\", \"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true, \"arguments\": {\"x-queue-type\": \"quorum\"}}],\n \"operator_policies\": [{\"vhost\": \"/\", \"name\": \"low\", \"pattern\": \".*\", \"priority\": 1, \"definition\": {\"delivery-limit\": 3}},\n  {\"vhost\": \"/\", \"name\": \"high\", \"pattern\": \".*\", \"priority\": 2, \"definition\": {\"delivery-limit\": 5}}]}",
        "",
        &[
            "broker x-delivery-limit=5 @4",
            "overruled delivery-limit of the policy low has no effect on a",
        ],
    ),
    (
        "argument.json",
        "{\"rabbit_version\": \"4.1.0\", \"exchanges\": [], \"bindings\": [],\n \"queues\": [{\"name\": \"a\", \"vhost\": \"/\", \"durable\": true,\n  \"arguments\": {\"x-queue-type\": \"quorum\", \"x-delivery-limit\": 10, \"x-dead-letter-exchange\": \"own\", \"x-overflow\": \"drop-head\"}}],\n \"policies\": [{\"vhost\": \"/\", \"name\": \"p\", \"pattern\": \"a\",\n  \"definition\": {\"delivery-limit\": 3, \"dead-letter-exchange\": \"other\", \"overflow\": \"reject-publish\"}}]}",
        "",
        &[
            "broker x-delivery-limit=3 @5",
            "broker x-dead-letter-exchange=own @3",
            // A quorum queue takes the policy's, a classic one its own.
            "broker x-overflow=reject-publish @5",
            "overruled x-delivery-limit 10 of the queue's arguments has no effect on a",
            "overruled dead-letter-exchange other of the policy p has no effect on a: that of the queue's arguments counts",
        ],
    ),
    (
        "effective.json",
        "[{\"name\": \"a\", \"durable\": true, \"arguments\": {}, \"type\": \"rabbit_classic_queue\", \"policy\": \"ttl\",\n  \"effective_policy_definition\": {\"message-ttl\": 60000, \"dead-letter-exchange\": \"retry\"}, \"messages\": 0}]",
        "",
        &[
            "broker x-dead-letter-exchange=retry @2",
            "not-modeled message-ttl is not modeled",
            "not passed-over the policy ttl",
            "not irrelevant effective_policy_definition",
        ],
    ),
];

#[test]
fn policies_and_arguments() {
    all_come_out(POLICIES);
}
