//! Whole IMAP commands: nothing panics, what is read is read once, and reading is linear in the line.
use imap_wire::{
    Append, Authenticate, Create, Cursor, Error, Fetch, Head, List, Login, MessageUrl, MultiSearch, Replace, Search,
    Select, Sort, Store, Thread,
};

pub(crate) fn imap_command(data: &[u8]) {
    let mut cursor = Cursor::new(data);
    let Ok(head) = Head::read(&mut cursor) else { return };
    assert!(data.starts_with(head.tag.as_bytes()) && !head.name.is_empty());
    if cursor.space().is_err() {
        return;
    }
    // Whatever the name, the arguments of every command are tried.
    let read = |read: &dyn Fn(&mut Cursor<'_>) -> Result<(), Error>| {
        let mut args = cursor.clone();
        if read(&mut args).is_ok() {
            assert!(args.rest().is_empty());
        }
    };
    read(&|args| Login::read(args).map(drop));
    read(&|args| Authenticate::read(args).map(drop));
    read(&|args| imap_wire::id(args).map(drop));
    read(&|args| imap_wire::enable(args).map(drop));
    read(&|args| Select::read(args).map(drop));
    read(&|args| Create::read(args).map(drop));
    read(&|args| imap_wire::one_mailbox(args).map(drop));
    read(&|args| imap_wire::two_mailboxes(args).map(drop));
    read(&|args| imap_wire::status(args).map(drop));
    read(&|args| List::read(args).map(drop));
    read(&|args| List::read_lsub(args).map(drop));
    read(&|args| Append::read(args).map(drop));
    // What follows octets, wherever they stood.
    for begin in ["x {1}\r\n", "x UTF8 (~{1}\r\n", "x CATENATE (TEXT {1}\r\n", "x CATENATE (UTF8 (~{1}\r\n"] {
        if let Ok(append) = Append::read(&mut Cursor::new(begin.as_bytes())) {
            read(&|args| {
                let mut reader = append.reader;
                reader.read(args).map(drop)
            });
        }
    }
    let _ = MessageUrl::read(cursor.rest());
    read(&|args| Replace::read(args).map(drop));
    read(&|args| imap_wire::get_quota(args).map(drop));
    read(&|args| imap_wire::GetMetadata::read(args).map(drop));
    read(&|args| imap_wire::SetMetadata::read(args).map(drop));
    read(&|args| imap_wire::SetAcl::read(args).map(drop));
    read(&|args| imap_wire::mailbox_and_identifier(args).map(drop));
    read(&|args| imap_wire::set_quota(args).map(drop));
    read(&|args| MultiSearch::read(args).map(drop));
    read(&|args| imap_wire::Notify::read(args).map(drop));
    read(&|args| Fetch::read(args).map(drop));
    read(&|args| Store::read(args).map(drop));
    read(&|args| imap_wire::copy(args).map(drop));
    read(&|args| imap_wire::one_set(args).map(drop));
    read(&|args| Search::read(args).map(drop));
    read(&|args| Sort::read(args).map(drop));
    read(&|args| Thread::read(args).map(drop));
    // The arguments of LANGUAGE and CANCELUPDATE begin with their space.
    let spaced = &data[data.len() - cursor.rest().len() - 1..];
    let _ = imap_wire::language(&mut Cursor::new(spaced));
    let _ = imap_wire::cancel_update(&mut Cursor::new(spaced));
}
