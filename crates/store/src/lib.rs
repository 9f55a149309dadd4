//! Where mail lives: the model, the change log, the traits, an in-memory engine.
//!
//! An engine keeps ordered keys in partitions ([`Engine`]) and bytes by their hash ([`Blobs`]); the model above
//! gives them meaning: a [`Store`] has accounts, an [`Account`] mailboxes and emails. Every change is a commit whose
//! [`Receipt`] is the only proof that it is on disk; readers hold snapshots ([`Mailboxes`], [`View`]) that never change
//! under them. What is in system partitions (directory, queue, journal) goes by [`Records`].
mod account;
mod acl;
mod author;
mod blob;
mod blob_writer;
mod change;
mod check;
mod codec;
mod email;
mod email_cache;
mod engine;
mod error;
mod flags;
mod head;
mod id;
mod key;
mod lock;
mod look;
mod mailbox;
pub mod memory;
mod metadata;
mod object;
mod outcome;
mod prompt;
mod records;
mod schema;
mod seal;
mod share_notification;
mod store;
mod unfinished;
mod view;
pub use account::{
    Account, Ahead, Arranged, Arrangement, Copied, Destroyed, EmailsAsked, Expunge, Glances, Grantee, MailboxEdit,
    MailboxRights, MessageSource, Named, NewAnnotation, Placing, Quota, Reservation, StoredFlags, TypeStates,
    WithEmails,
};
pub use acl::{Acl, AclChange, AclEntry, Rights, Sign};
pub use author::{Provided, StateOf};
pub use blob::{
    BlobEntry, BlobHash, BlobHashError, BlobSink, BlobSource, Blobs, Collected, OpenedBlob, SeveralOpened, StoredBlob,
};
pub use blob_writer::{BlobWriter, LineEndSettler, LineEnds, NewBlob};
pub use change::{Changes, LogEntry, Touched};
pub use check::{CheckDepth, CheckReport, Fault};
pub use codec::{Decoder, Encoder};
pub use email::{Appended, Email, Membership, NewEmail, QuotaCheck, ReceivedAt};
pub use engine::{
    Answer, Commit, CommitError, Engine, EngineError, EngineStats, Found, Growth, Key, MAX_KEY, MAX_PAGE, Partition,
    PartitionKind, Pending, Precondition, Read, Receipt, Slot, Value, Write,
};
pub use error::Error;
pub use flags::{FlagChange, Flags, Keyword, MAX_KEYWORD, SystemFlags};
pub use id::{DeliveryId, EmailId, IdError, MailboxId, ModSeq, ObjectId, ThreadId, Uid};
pub use key::{KeyBuilder, KeyReader};
pub use look::{Look, MAX_SHOWN, Shown};
pub use mailbox::{
    Counters, MAX_DEPTH, MAX_NAME, Mailbox, MailboxName, Mailboxes, OTHER_USERS, Role, SEPARATOR, Sharer, owners_level,
};
pub use metadata::{Annotated, Annotation, EntryName, MAX_ENTRY_NAME, MetadataLimits, MetadataSet, TouchedEntry};
pub use object::{MAX_OBJECT, Object, ObjectChange, ObjectKind, ObjectTouch, Objects, ObjectsChanged};
pub use outcome::{Outcome, Wrote};
pub use records::{Change, KeyRange, Page, Records};
pub use seal::{seal, unseal, unseal_lent};
pub use share_notification::ShareNotification;
pub use store::{SCHEMA, Settings, Store, Swept};
pub use unfinished::Unfinished;
pub use view::{Glimpse, Message, View, ViewChanges};
