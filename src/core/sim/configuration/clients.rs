//! The clients of a configuration, and the defaults that they bring.

use super::Configuration;
use crate::sim::checked::{Checked, bad};
use crate::sim::clients::{self, Client, ClientDefault, ClientName, Side};

impl Configuration {
    /// Returns the name of the client of a side, if it is given.
    pub fn client_name(&self, side: Side) -> Option<ClientName> {
        match side {
            Side::Producer => self.producer.clone().client().and_then(|client| *client),
            Side::Consumer => self.consumer.client,
            Side::Broker => None,
        }
    }

    /// Returns the client of a side.
    pub fn client(&self, side: Side) -> Option<&'static Client> {
        clients::find(self.broker.key(), side, self.client_name(side)?.key())
    }

    /// Returns the defaults of a side's client.
    pub fn client_defaults(&self, side: Side) -> Vec<ClientDefault> {
        let client = self.client(side);
        client.map(|client| client.defaults(side, &self.consumer.program)).unwrap_or_default()
    }

    /// Rejects clients that the product has not, or not for this side.
    pub(super) fn check_clients(&self) -> Checked {
        for side in [Side::Producer, Side::Consumer] {
            let name = self.client_name(side).map(ClientName::key);
            if let Some(name) = name.filter(|_| self.client(side).is_none()) {
                let problem = clients::no_client(self.broker.key(), side, name);
                return bad(format!("{}.client", side.label()), problem);
            }
        }
        Ok(())
    }
}
