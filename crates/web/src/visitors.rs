//! Who is in, and what they are at: shared by all listeners, and kept when the configuration is read anew.
use crate::door::Door;
use crate::incoming::Room;
use crate::places::Places;
use crate::tls_reports::Posts;
use directory::Directory;
use journal::Journal;
use std::sync::Arc;
use world::World;

/// Who is in, and what they are at. Cheap to clone.
#[derive(Clone)]
pub struct Visitors {
    pub(crate) door: Arc<Door>,
    pub(crate) places: Places,
    pub(crate) bodies: Room,
    pub(crate) posts: Arc<Posts>,
    pub(crate) world: World,
}

impl Visitors {
    /// Nobody yet.
    #[must_use]
    pub fn new(directory: Arc<Directory>, journal: Journal, world: World) -> Self {
        let door = Arc::new(Door::new(directory, journal, world.clone()));
        Self { door, places: Places::default(), bodies: Room::default(), posts: Arc::default(), world }
    }
}
