//! GETMETADATA and SETMETADATA (RFC 5464, 4.2, 4.3 and 5), and the names of entries, which LIST has too (RFC 9590, 5).
use crate::{Cursor, Error, MailboxName};
use std::borrow::Cow;

/// Most entries that one command names.
pub const MAX_ENTRIES: usize = 100;
/// The longest name of an entry, in bytes.
const MAX_NAME: usize = 255;

/// The name of an entry, or of what stands above entries, as the client writes it. Names have no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPath(String);

/// How far below the entries that it names GETMETADATA looks (RFC 5464, 4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// `0`: not at all.
    #[default]
    Named,
    /// `1`: one level.
    Children,
    /// `infinity`
    All,
}

/// The arguments of GETMETADATA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetMetadata {
    /// Of which mailbox; `None`: of the server.
    pub mailbox: Option<MailboxName>,
    /// What is asked for.
    pub entries: Vec<EntryPath>,
    /// Values of more bytes are left out.
    pub max_size: Option<u32>,
    /// How far below.
    pub depth: Depth,
}

/// The arguments of SETMETADATA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetMetadata {
    /// Of which mailbox; `None`: of the server.
    pub mailbox: Option<MailboxName>,
    /// Entries and what they are to be; `None` removes.
    pub values: Vec<(EntryPath, Option<Vec<u8>>)>,
}

impl EntryPath {
    /// `entry = astring`: slash-separated, without wildcards (RFC 5464, 3.2 and 5).
    ///
    /// # Errors
    /// When it is none, or is neither private nor shared.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let bytes = cursor.astring()?;
        // Erratum 3868: control characters are 0x00 to 0x1f.
        let allowed = |byte: &u8| byte.is_ascii() && *byte > 0x1f && !matches!(byte, b'*' | b'%');
        let name = match String::from_utf8(bytes.into_owned()) {
            Ok(name) if name.len() <= MAX_NAME && name.as_bytes().iter().all(allowed) => name,
            Ok(_) | Err(_) => return cursor.expected("an entry without wildcards, in ASCII, of at most 255 bytes"),
        };
        let mut parts = name.split('/');
        let rooted = parts.next() == Some("");
        let scope = parts
            .next()
            .is_some_and(|scope| ["private", "shared"].iter().any(|known| scope.eq_ignore_ascii_case(known)));
        if rooted && scope && !parts.any(str::is_empty) {
            Ok(Self(name))
        } else {
            cursor.expected("an entry below /private or /shared, without empty parts")
        }
    }

    /// As [`Self::read`], where an entry itself must stand.
    ///
    /// # Errors
    /// When an entry would have more parts.
    pub fn read_entry(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let entry = Self::read(cursor)?;
        if entry.is_entry() { Ok(entry) } else { cursor.expected("an entry of at least 2 parts, 4 of a vendor") }
    }

    /// Whether it has as many parts as an entry: 2, or 4 for one of a vendor (RFC 5464, 3.2).
    fn is_entry(&self) -> bool {
        let mut parts = self.0.split('/').skip(2);
        match parts.next() {
            None => false,
            Some(first) if first.eq_ignore_ascii_case("vendor") => parts.count() >= 2,
            Some(_) => true,
        }
    }

    /// As the client writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `name`, in lower case, is this entry or one so far below it.
    pub fn covers(&self, name: &str, depth: Depth) -> bool {
        let Some(start) = name.get(..self.0.len()).filter(|start| start.eq_ignore_ascii_case(&self.0)) else {
            return false;
        };
        let rest = name.get(start.len()..).unwrap_or_default();
        match (rest.strip_prefix('/'), depth) {
            (None, _) => rest.is_empty(),
            (Some(_), Depth::Named) => false,
            (Some(below), Depth::Children) => !below.contains('/'),
            (Some(_), Depth::All) => true,
        }
    }
}

impl GetMetadata {
    /// `getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries`
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut get = Self { mailbox: None, entries: Vec::new(), max_size: None, depth: Depth::Named };
        let mut options = cursor.peek() == Some(b'(');
        if options {
            get.options(cursor)?;
            cursor.space()?;
        }
        get.mailbox = mailbox(cursor)?;
        cursor.space()?;
        // quirk: the examples of RFC 5464 have the options behind the mailbox, and clients were written from them.
        if !options && cursor.peek() == Some(b'(') {
            let mut ahead = cursor.clone();
            options = get.options(&mut ahead).is_ok() && ahead.space().is_ok();
            if options {
                *cursor = ahead;
            }
        }
        get.entries = if cursor.peek() == Some(b'(') {
            EntryPath::list(cursor, get.depth)?
        } else {
            vec![EntryPath::read_within(cursor, get.depth)?]
        };
        cursor.end()?;
        Ok(get)
    }

    /// `getmetadata-options`, each at most once.
    fn options(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Error> {
        let (mut depth, mut max_size) = (None, None);
        let read = cursor.list("options", |cursor| {
            match () {
                () if max_size.is_none() && cursor.keyword("MAXSIZE") => {
                    cursor.space()?;
                    max_size = Some(cursor.number()?);
                }
                () if depth.is_none() && cursor.keyword("DEPTH") => {
                    cursor.space()?;
                    depth = Some(Depth::read(cursor)?);
                }
                () => return cursor.expected("one MAXSIZE, one DEPTH"),
            }
            Ok(())
        })?;
        if read.is_empty() {
            return cursor.expected("an option");
        }
        (self.max_size, self.depth) = (max_size, depth.unwrap_or_default());
        Ok(())
    }
}

impl Depth {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        match () {
            () if cursor.keyword("0") => Ok(Self::Named),
            () if cursor.keyword("1") => Ok(Self::Children),
            () if cursor.keyword("INFINITY") => Ok(Self::All),
            () => cursor.expected("0, 1 or infinity"),
        }
    }
}

impl EntryPath {
    /// `"(" entry *(SP entry) ")"`
    ///
    /// # Errors
    /// When it is something else, or there are too many.
    pub fn list(cursor: &mut Cursor<'_>, depth: Depth) -> Result<Vec<Self>, Error> {
        let mut entries = Vec::new();
        let read = cursor.list("entries", |cursor| {
            entries.push(Self::read_within(cursor, depth)?);
            bounded(entries.len())
        })?;
        if read.is_empty() { cursor.expected("an entry") } else { Ok(entries) }
    }

    /// Whoever looks below a name may begin above all entries.
    fn read_within(cursor: &mut Cursor<'_>, depth: Depth) -> Result<Self, Error> {
        match depth {
            Depth::Named => Self::read_entry(cursor),
            Depth::Children | Depth::All => Self::read(cursor),
        }
    }
}

impl SetMetadata {
    /// `setmetadata = "SETMETADATA" SP mailbox SP entry-values`
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mailbox = mailbox(cursor)?;
        cursor.space()?;
        let mut values = Vec::new();
        cursor.list("entries", |cursor| {
            let entry = EntryPath::read_entry(cursor)?;
            cursor.space()?;
            values.push((entry, value(cursor)?.map(Cow::into_owned)));
            bounded(values.len())
        })?;
        if values.is_empty() {
            return cursor.expected("an entry and its value");
        }
        cursor.end()?;
        Ok(Self { mailbox, values })
    }
}

/// `value = nstring / literal8`
fn value<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Cow<'a, [u8]>>, Error> {
    if cursor.peek() == Some(b'~') {
        cursor.literal8().map(|value| Some(Cow::Borrowed(value)))
    } else {
        cursor.nstring()
    }
}

/// The empty name is the server's.
fn mailbox(cursor: &mut Cursor<'_>) -> Result<Option<MailboxName>, Error> {
    Ok(Some(cursor.mailbox()?).filter(|name| !name.as_str().is_empty()))
}

const fn bounded(count: usize) -> Result<(), Error> {
    if count > MAX_ENTRIES { Err(Error::TooMany { what: "entries", limit: MAX_ENTRIES }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
