from confluent_kafka import Consumer, Producer

producer = Producer({
    "bootstrap.servers": "kafka:9092",
    "acks": "all",
    "enable.idempotence": True,
})

consumer = Consumer({
    "bootstrap.servers": "kafka:9092",
    "group.id": "payments",
    "enable.auto.commit": True,
    "auto.offset.reset": "earliest",
})
consumer.subscribe(["payments"])

while True:
    msg = consumer.poll(1.0)
    if msg is None or msg.error():
        continue
    book(msg.value())
