//! A connection of an actor: the kept client library, with all that it hears in one channel.

use crate::actor::Heard;
use amqprs::callbacks::ChannelCallback;
use amqprs::channel::{BasicConsumeArguments, BasicQosArguments, Channel, ConfirmSelectArguments};
use amqprs::connection::{Connection, OpenConnectionArguments};
use amqprs::error::Error;
use amqprs::{Ack, BasicProperties, Cancel, CloseChannel, Nack, Return};
use async_trait::async_trait;
use tokio::sync::mpsc::UnboundedSender;

/// An open connection with its only channel.
pub struct Link {
    pub channel: Channel,
    _connection: Connection,
}

/// Opens a connection without callbacks of its own, to the broker itself.
///
/// # Errors
/// Of the client library.
pub async fn open(port: u16, name: &str) -> Result<(Connection, Channel), Error> {
    let mut to = OpenConnectionArguments::new("127.0.0.1", port, "guest", "guest");
    to.connection_name(name);
    let connection = Connection::open(&to).await?;
    let channel = connection.open_channel(None).await?;
    Ok((connection, channel))
}

impl Link {
    /// Connects; what is heard goes to `out`.
    ///
    /// # Errors
    /// Of the client library.
    pub async fn open(port: u16, name: &str, out: &UnboundedSender<Heard>) -> Result<Link, Error> {
        let (connection, channel) = open(port, name).await?;
        channel.register_callback(Ears(out.clone())).await?;
        let (watched, out) = (connection.clone(), out.clone());
        tokio::spawn(async move {
            watched.listen_network_io_failure().await;
            let _ = out.send(Heard::Disconnected);
        });
        Ok(Link { channel, _connection: connection })
    }

    /// Asks for publisher confirms.
    ///
    /// # Errors
    /// Of the client library.
    pub async fn confirm_select(&self) -> Result<(), Error> {
        self.channel.confirm_select(ConfirmSelectArguments::default()).await
    }

    /// Subscribes to a queue.
    ///
    /// # Errors
    /// Of the client library.
    pub async fn consume(
        &self,
        queue: &str,
        auto_ack: bool,
        prefetch: u8,
        out: &UnboundedSender<Heard>,
    ) -> Result<(), Error> {
        if prefetch > 0 {
            self.channel.basic_qos(BasicQosArguments::new(0, prefetch.into(), false)).await?;
        }
        let mut consume = BasicConsumeArguments::new(queue, "");
        consume.manual_ack(!auto_ack);
        let (_, mut deliveries) = self.channel.basic_consume_rx(consume.finish()).await?;
        let out = out.clone();
        tokio::spawn(async move {
            while let Some(message) = deliveries.recv().await {
                let (Some(deliver), Some(body)) = (message.deliver, message.content) else {
                    continue;
                };
                let _ = out.send(Heard::Delivery { tag: deliver.delivery_tag(), body });
            }
        });
        Ok(())
    }
}

struct Ears(UnboundedSender<Heard>);

#[async_trait]
impl ChannelCallback for Ears {
    async fn close(&mut self, _: &Channel, close: CloseChannel) -> Result<(), Error> {
        eprintln!("channel closed: {close}");
        Ok(())
    }

    async fn cancel(&mut self, _: &Channel, cancel: Cancel) -> Result<(), Error> {
        eprintln!("consumer cancelled: {}", cancel.consumer_tag());
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, _: bool) -> Result<bool, Error> {
        Ok(true)
    }

    async fn publish_ack(&mut self, _: &Channel, ack: Ack) {
        let _ = self.0.send(Heard::Confirm { tag: ack.delivery_tag(), multiple: ack.mutiple() });
    }

    async fn publish_nack(&mut self, _: &Channel, nack: Nack) {
        let _ = self.0.send(Heard::Refusal { tag: nack.delivery_tag() });
    }

    async fn publish_return(&mut self, _: &Channel, _: Return, _: BasicProperties, body: Vec<u8>) {
        let _ = self.0.send(Heard::Returned { body });
    }
}
