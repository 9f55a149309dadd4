//! The tasks of one connection: requests of HTTP/2, and work that comes to its end whether or not anybody waits for it.
use crate::limits::{LAST_REQUESTS, REQUEST};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Runs the tasks of a connection, and ends with them.
#[derive(Clone)]
pub(crate) struct Handlers {
    tasks: TaskTracker,
    /// Conversations that go on where a connection has become another protocol's.
    conversations: TaskTracker,
    /// Ends the handlers that are left of a connection that is over.
    left: CancellationToken,
    /// The server stops.
    stopping: CancellationToken,
}

impl Handlers {
    pub(crate) fn new(stopping: CancellationToken) -> Self {
        Self { tasks: TaskTracker::new(), conversations: TaskTracker::new(), left: CancellationToken::new(), stopping }
    }

    /// Is cancelled when the server stops: what would go on without end ends then.
    pub(crate) const fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Runs work to its end, also when the client has gone meanwhile; nothing where it panicked.
    pub(crate) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        self.tasks.spawn(work).await.ok()
    }

    /// Goes on with a conversation once the connection is another protocol's. It ends by itself, and when the server stops.
    pub(crate) fn upgraded(&self, conversation: impl Future<Output = ()> + Send + 'static) {
        self.conversations.spawn(conversation);
    }

    /// Waits for all of it, after the connection has ended.
    pub(crate) async fn end(self) {
        self.conversations.close();
        self.conversations.wait().await;
        self.tasks.close();
        if tokio::time::timeout(LAST_REQUESTS, self.tasks.wait()).await.is_err() {
            self.left.cancel();
            let _ = tokio::time::timeout(REQUEST, self.tasks.wait()).await;
        }
    }
}

impl<F> hyper::rt::Executor<F> for Handlers
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, handler: F) {
        self.tasks.spawn(self.left.clone().run_until_cancelled_owned(handler));
    }
}
