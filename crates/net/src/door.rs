//! One listening socket and its accept loop.
use crate::connection::Entrance;
use crate::hall::Hall;
use crate::places::{Place, Places};
use crate::socket::{Accepted, Listening};
use arc_swap::ArcSwap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// An open door. What stands behind it can be changed; connections that are in keep what they found.
pub(crate) struct Door {
    pub(crate) address: Option<SocketAddr>,
    behind: Arc<ArcSwap<Entrance>>,
    closed: CancellationToken,
}

impl Door {
    /// Begins to accept.
    pub(crate) fn open(hall: &Arc<Hall>, socket: Listening, entrance: Entrance) -> Self {
        let door = Self {
            address: socket.address(),
            behind: Arc::new(ArcSwap::from_pointee(entrance)),
            closed: CancellationToken::new(),
        };
        // a local socket has places of its own: the operator gets in when the Internet has taken all others
        let places = match &socket {
            Listening::Tcp(_) => Arc::clone(&hall.places),
            Listening::Unix { .. } => Places::new(hall.limits.local_connections, 0),
        };
        let accepting =
            Accepting { hall: Arc::clone(hall), socket, behind: Arc::clone(&door.behind), places, paused: false };
        let closed = door.closed.clone();
        hall.tasks.spawn(async move {
            tokio::select! {
                () = closed.cancelled() => {}
                () = accepting.run() => {}
            }
        });
        door
    }

    /// Puts something else behind the door, for those who come from now on.
    pub(crate) fn change(&self, entrance: Entrance) {
        self.behind.store(Arc::new(entrance));
    }

    /// Accepts no more. The socket is closed soon after.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }
}

struct Accepting {
    hall: Arc<Hall>,
    socket: Listening,
    behind: Arc<ArcSwap<Entrance>>,
    places: Arc<Places>,
    /// The last try to accept failed for want of something: said once, not at each try.
    paused: bool,
}

impl Accepting {
    async fn run(mut self) {
        loop {
            // the place comes first: when all are taken, further clients wait in the system's queue
            let Some(place) = self.places.take().await else { return };
            match self.socket.accept().await {
                Ok(accepted) => {
                    self.paused = false;
                    self.admit(accepted, place);
                }
                // that connection went before it was accepted
                Err(error) if is_of_the_connection(&error) => {}
                // no descriptor or no memory left: the connection stays in the queue, and trying at once would spin
                Err(error) => {
                    if !std::mem::replace(&mut self.paused, true) {
                        let listener = &self.behind.load().spec.name;
                        tracing::warn!(%listener, %error, "accepting pauses");
                    }
                    drop(place);
                    tokio::time::sleep(self.hall.limits.pause).await;
                }
            }
        }
    }

    fn admit(&self, accepted: Accepted, place: Place) {
        let entrance = self.behind.load_full();
        entrance.counter.accepted();
        let hall = Arc::clone(&self.hall);
        self.hall.tasks.spawn(async move {
            entrance.enter(&hall, accepted).await;
            drop(place);
        });
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionAborted
            | Kind::ConnectionReset
            | Kind::Interrupted
            | Kind::TimedOut
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
    )
}
