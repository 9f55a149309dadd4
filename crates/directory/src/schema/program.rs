//! By what an account is used: by account, so that all of one are neighbours, and by the login that it is.
use super::codec::{Malformed, Reader, Writer};
use crate::login::LoginId;
use crate::login::programs::{Channel, Secured, Use};
use names::AccountId;
use std::net::IpAddr;
use store::{Key, KeyRange};
use world::UnixTime;

const PROGRAM: u8 = 4;
const VERSION: u8 = 1;

/// The key of a use.
pub(crate) fn program_key(account: AccountId, login: LoginId) -> Key {
    [&[PROGRAM][..], &account.0.to_be_bytes(), login.to_string().as_bytes()].concat()
}

/// The keys of all uses of an account.
pub(crate) fn program_keys(account: AccountId) -> KeyRange {
    KeyRange::prefix(&[&[PROGRAM][..], &account.0.to_be_bytes()].concat())
}

/// The login of a key.
pub(crate) fn program_login(key: &[u8]) -> Option<LoginId> {
    std::str::from_utf8(key.get(1 + 8..)?).ok()?.parse().ok()
}

/// When an account was used by something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProgramRecord {
    pub(crate) what: Use,
    pub(crate) first: UnixTime,
    pub(crate) last: UnixTime,
}

impl ProgramRecord {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(VERSION);
        writer.number(self.what.channel.number());
        writer.option(self.what.program.as_ref(), |writer, program| writer.text(program));
        writer.option(self.what.host.as_ref(), |writer, host| writer.text(host.as_str()));
        writer.number(u64::from(self.what.port));
        writer.number(self.what.secured.number());
        writer.text(&self.what.from.to_string());
        writer.number(self.first.millis());
        writer.number(self.last.millis());
        writer.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes, VERSION)?;
        let what = Use {
            channel: Channel::from_number(reader.number()?).ok_or(Malformed)?,
            program: reader.option(|reader| Ok(reader.text()?.to_owned()))?,
            host: reader.option(Reader::parsed)?,
            port: u16::try_from(reader.number()?).map_err(|_| Malformed)?,
            secured: Secured::from_number(reader.number()?).ok_or(Malformed)?,
            from: reader.parsed::<IpAddr>()?,
        };
        let first = UnixTime::from_millis(reader.number()?);
        let last = UnixTime::from_millis(reader.number()?);
        reader.end()?;
        Ok(Self { what, first, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back() {
        let what = Use {
            channel: Channel::Imap,
            program: Some("Thunderbird 128".to_owned()),
            host: Some("imap.example.org".parse().unwrap()),
            port: 993,
            secured: Secured::Implicit,
            from: "2001:db8::1".parse().unwrap(),
        };
        let id = what.id();
        let record = ProgramRecord { what, first: UnixTime::from_secs(5), last: UnixTime::from_secs(500) };
        assert_eq!(ProgramRecord::decode(&record.encode()), Ok(record.clone()));
        assert!(ProgramRecord::decode(&[&record.encode()[..], &[0]].concat()).is_err());
        let key = program_key(AccountId(7), id);
        let range = program_keys(AccountId(7));
        assert!(range.from <= key && key < range.to && !id.is_token());
        assert_eq!(program_login(&key), Some(id));
    }
}
