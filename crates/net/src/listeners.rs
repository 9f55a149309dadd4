//! The set of open doors: opened, replaced, closed.
use crate::connection::Entrance;
use crate::door::Door;
use crate::hall::{Hall, Rim};
use crate::socket::{Inherited, Listening};
use crate::{Endpoint, Error, ListenerCount, ListenerSpec, Security};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use transport::Load;

/// How long sessions that were cut off may take to fall.
const FALL: Duration = Duration::from_secs(1);

/// All listeners of the program.
pub struct Listeners {
    hall: Arc<Hall>,
    doors: Mutex<Doors>,
}

struct Doors {
    open: BTreeMap<Place, (Arc<str>, Door)>,
    inherited: Inherited,
}

/// What makes a door the same after a reload: where it is; and whose, where the port was free to choose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place(Endpoint, Option<Arc<str>>);

/// How a stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// How many sessions were still there when the time was over, and were cut off.
    pub cut_off: usize,
}

impl Listeners {
    /// Opens all listeners, or none. Must run inside tokio.
    ///
    /// # Errors
    /// An address that cannot be listened on, TLS without a certificate.
    pub fn open(specs: Vec<ListenerSpec>, rim: Rim) -> Result<Self, Error> {
        let (hall, inherited) = Hall::new(rim);
        let listeners = Self { hall, doors: Mutex::new(Doors { open: BTreeMap::new(), inherited }) };
        listeners.replace(specs)?;
        Ok(listeners)
    }

    /// Makes `specs` the listeners: new ones open, those gone close, the others take what is new for the clients
    /// that come from now on. No connection is dropped.
    ///
    /// # Errors
    /// As [`Listeners::open`]; everything then stays as it was.
    pub fn replace(&self, specs: Vec<ListenerSpec>) -> Result<(), Error> {
        let mut doors = self.doors();
        let places: Vec<_> = specs.iter().flat_map(|spec| spec.endpoints.iter()).cloned().collect();
        let mut wanted = BTreeMap::new();
        for spec in specs {
            check(&spec)?;
            for endpoint in &spec.endpoints {
                let tls = self.hall.tls(&spec)?;
                let entrance = Entrance { counter: self.hall.counter(&spec.name), tls, spec: spec.clone() };
                wanted.insert(Place::of(endpoint, &spec.name), entrance);
            }
        }
        // everything that can fail comes first
        let mut sockets = BTreeMap::new();
        for (place, entrance) in &wanted {
            if !doors.open.contains_key(place) {
                let beside = is_beside_ipv4(&place.0, &places);
                let socket = Listening::bind(&entrance.spec.name, &place.0, beside, &mut doors.inherited)?;
                sockets.insert(place.clone(), socket);
            }
        }
        doors.open.retain(|place, (_, door)| {
            let stays = wanted.contains_key(place);
            if !stays {
                door.close();
            }
            stays
        });
        for (place, entrance) in wanted {
            let name = Arc::clone(&entrance.spec.name);
            match (sockets.remove(&place), doors.open.get_mut(&place)) {
                (Some(socket), _) => {
                    doors.open.insert(place, (name, Door::open(&self.hall, socket, entrance)));
                }
                (None, Some(door)) => {
                    door.0 = name;
                    door.1.change(entrance);
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// The listeners' names and the addresses they have, free ports filled in.
    pub fn addresses(&self) -> Vec<(Arc<str>, SocketAddr)> {
        let doors = self.doors();
        doors.open.values().filter_map(|(name, door)| Some((Arc::clone(name), door.address?))).collect()
    }

    /// The inherited sockets that no listener has taken, to be warned of.
    pub fn inherited_left(&self) -> Vec<String> {
        self.doors().inherited.left()
    }

    /// How many of the places are taken.
    pub fn load(&self) -> Load {
        self.hall.places.load()
    }

    /// What each listener has done so far.
    pub fn counts(&self) -> Vec<ListenerCount> {
        self.hall.snapshot()
    }

    /// Closes the doors, asks the sessions to end, waits for them within `limit`, and cuts off who is left.
    ///
    /// # Cancel safety
    /// A dropped stop has closed the doors and asked; called again, it goes on. A second signal drops it and calls
    /// it with a limit of zero.
    pub async fn stop(&self, limit: Duration) -> Stopped {
        for (_, door) in std::mem::take(&mut self.doors().open).values() {
            door.close();
        }
        self.hall.stop.cancel();
        self.hall.tasks.close();
        if tokio::time::timeout(limit, self.hall.tasks.wait()).await.is_ok() {
            return Stopped { cut_off: 0 };
        }
        let cut_off = self.hall.tasks.len();
        tracing::warn!(connections = cut_off, "the time to stop is over");
        self.hall.cut.cancel();
        // one that does not fall by then hangs in code that does not wait; the process ends without it
        let _ = tokio::time::timeout(FALL, self.hall.tasks.wait()).await;
        Stopped { cut_off }
    }

    fn doors(&self) -> MutexGuard<'_, Doors> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listeners {
    /// Without [`Listeners::stop`], everything ends at once.
    fn drop(&mut self) {
        for (_, door) in self.doors().open.values() {
            door.close();
        }
        self.hall.stop.cancel();
        self.hall.cut.cancel();
    }
}

impl Place {
    fn of(endpoint: &Endpoint, listener: &Arc<str>) -> Self {
        let is_free = matches!(endpoint, Endpoint::Tcp(address) if address.port() == 0);
        Self(endpoint.clone(), is_free.then(|| Arc::clone(listener)))
    }
}

fn check(spec: &ListenerSpec) -> Result<(), Error> {
    let on_a_socket = spec.endpoints.iter().any(|endpoint| matches!(endpoint, Endpoint::Unix(_)));
    if on_a_socket && spec.security != Security::Plain {
        return Err(Error::TlsOnUnixSocket(spec.name.to_string()));
    }
    Ok(())
}

/// Whether an IPv4 address with the same port stands among `all`: then an IPv6 socket must leave IPv4 to it.
fn is_beside_ipv4(endpoint: &Endpoint, all: &[Endpoint]) -> bool {
    let Endpoint::Tcp(own) = endpoint else { return false };
    all.iter().any(|other| matches!(other, Endpoint::Tcp(other) if other.is_ipv4() && other.port() == own.port()))
}
