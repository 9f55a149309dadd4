//! Senders of mail that is sent on (the Sender Rewriting Scheme): an address of ours that leads back to the sender, so that
//! the next server finds this one where it looks who may send for the domain (SPF), and what it cannot
//! deliver comes back here and goes on to the sender. Pure.
//!
//! `SRS0=hash=day=domain=local@here` for a sender, `SRS1=hash=domain==…@here` for one that another forwarder has written so
//! already: it names that forwarder, who alone can read the rest. The hash is keyed; the day limits how long it holds.
use names::{Address, Domain, LocalPart};
use thiserror::Error;
use world::UnixTime;

/// How long an address holds: reports come within days.
const DAYS: u64 = 21;
/// Days are told apart up to this many.
const DAY_CYCLE: u64 = 1 << 10;
/// Characters of the hash: five bits each.
const HASH: usize = 5;
/// RFC 4648, 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const DAY_SECS: u64 = 86_400;

/// The key of the hashes.
#[derive(Clone)]
pub(crate) struct SrsKey(pub(crate) [u8; 32]);

/// Why an address of this form leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum SrsFault {
    /// It was not written here, or was changed.
    #[error("the address is not one that was written here")]
    Forged,
    /// It was written too long ago.
    #[error("the address is too old")]
    Expired,
}

impl SrsKey {
    /// What stands for `sender` on mail that an address of `here` sends on. Nothing where that would be longer than a local
    /// part may be (RFC 5321, 4.5.3.1.1): then the sender stays.
    pub(crate) fn forward(&self, sender: &Address, here: &Domain, now: UnixTime) -> Option<Address> {
        let (local, domain) = (sender.local().as_str(), sender.domain().as_str());
        let text = match form(local) {
            Some((Form::Zero, rest)) => self.second(domain, rest),
            Some((Form::One, rest)) => {
                let (_, domain, rest) = second_parts(rest)?;
                self.second(domain, rest)
            }
            None => {
                let day = day_text(now.secs() / DAY_SECS);
                format!("SRS0={}={day}={domain}={local}", self.hash(&[&day, domain, local]))
            }
        };
        Some(Address::new(LocalPart::new(&text).ok()?, here.clone()))
    }

    fn second(&self, domain: &str, rest: &str) -> String {
        format!("SRS1={}={domain}={rest}", self.hash(&[domain, rest]))
    }

    /// To whom an address that has the form of such a one leads; nothing where it has not.
    pub(crate) fn reverse(&self, address: &Address, now: UnixTime) -> Option<Result<Address, SrsFault>> {
        let (form, rest) = form(address.local().as_str())?;
        Some(match form {
            Form::Zero => self.reverse_first(rest, now),
            Form::One => self.reverse_second(rest),
        })
    }

    fn reverse_first(&self, rest: &str, now: UnixTime) -> Result<Address, SrsFault> {
        let mut parts = rest.get(1..).unwrap_or_default().splitn(4, '=');
        let mut part = || parts.next().filter(|part| !part.is_empty()).ok_or(SrsFault::Forged);
        let (hash, day, domain, local) = (part()?, part()?, part()?, part()?);
        self.check(hash, &[day, domain, local])?;
        let written = day_of(day).ok_or(SrsFault::Forged)?;
        let age = (now.secs() / DAY_SECS % DAY_CYCLE + DAY_CYCLE - written) % DAY_CYCLE;
        // a clock that is a day behind has written it tomorrow
        if age > DAYS && age != DAY_CYCLE - 1 {
            return Err(SrsFault::Expired);
        }
        addressed(local, domain)
    }

    fn reverse_second(&self, rest: &str) -> Result<Address, SrsFault> {
        let (hash, domain, rest) = second_parts(rest).ok_or(SrsFault::Forged)?;
        self.check(hash, &[domain, rest])?;
        addressed(&format!("SRS0{rest}"), domain)
    }

    /// Compares without regard to case: some servers fold it. Who guesses has one chance in 2^25.
    fn check(&self, hash: &str, of: &[&str]) -> Result<(), SrsFault> {
        if self.hash(of).eq_ignore_ascii_case(hash) { Ok(()) } else { Err(SrsFault::Forged) }
    }

    fn hash(&self, of: &[&str]) -> String {
        let text = of.join("=").to_ascii_lowercase();
        let hash = blake3::keyed_hash(&self.0, text.as_bytes());
        hash.as_bytes().iter().take(HASH).map(|byte| digit(u64::from(*byte))).collect()
    }
}

/// Whether an address has the form of one that stands for a sender elsewhere.
pub(crate) fn has_form(address: &Address) -> bool {
    form(address.local().as_str()).is_some()
}

/// Which of the two forms.
enum Form {
    Zero,
    One,
}

/// The form of a local part, and what stands behind its name: the separator first.
fn form(local: &str) -> Option<(Form, &str)> {
    let (name, rest) = local.split_at_checked(4)?;
    let form = match () {
        () if name.eq_ignore_ascii_case("SRS0") => Form::Zero,
        () if name.eq_ignore_ascii_case("SRS1") => Form::One,
        () => return None,
    };
    rest.starts_with(['=', '+', '-']).then_some((form, rest))
}

/// Hash, forwarder, and what only he can read, with its separator.
fn second_parts(rest: &str) -> Option<(&str, &str, &str)> {
    let mut parts = rest.get(1..)?.splitn(3, '=');
    let (hash, domain, rest) = (parts.next()?, parts.next()?, parts.next()?);
    rest.starts_with(['=', '+', '-']).then_some((hash, domain, rest))
}

fn addressed(local: &str, domain: &str) -> Result<Address, SrsFault> {
    let local = LocalPart::new(local).map_err(|_| SrsFault::Forged)?;
    Ok(Address::new(local, Domain::of_address(domain).map_err(|_| SrsFault::Forged)?))
}

fn digit(number: u64) -> char {
    usize::try_from(number % 32).ok().and_then(|at| BASE32.get(at)).map_or('A', |byte| char::from(*byte))
}

fn day_text(day: u64) -> String {
    [digit(day / 32), digit(day)].iter().collect()
}

fn day_of(text: &str) -> Option<u64> {
    let [high, low] = text.as_bytes() else { return None };
    let value = |byte: &u8| BASE32.iter().position(|digit| *digit == byte.to_ascii_uppercase());
    u64::try_from(value(high)? * 32 + value(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const KEY: SrsKey = SrsKey([7; 32]);
    const DAY: Duration = Duration::from_secs(DAY_SECS);

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    fn here() -> Domain {
        "here.example".parse().unwrap()
    }

    fn now() -> UnixTime {
        UnixTime::from_secs(1_795_910_400)
    }

    fn forward(sender: &str) -> Address {
        KEY.forward(&address(sender), &here(), now()).unwrap()
    }

    #[test]
    fn a_sender_comes_back() {
        for sender in
            ["piet@far.example", "piet+list@far.example", "a=b@far.example", "\"a b\"@far.example", "jörg@far.example"]
        {
            let written = forward(sender);
            assert!(written.to_string().contains("SRS0="), "{written}");
            assert_eq!(written.domain(), &here());
            assert_eq!(KEY.reverse(&written, now()), Some(Ok(address(sender))));
            let again: Address = written.to_string().parse().unwrap();
            assert_eq!(KEY.reverse(&again, now().plus(DAY * 20)), Some(Ok(address(sender))));
        }
        assert_eq!(KEY.reverse(&address("piet@here.example"), now()), None);
        assert_eq!(KEY.reverse(&address("srs0@here.example"), now()), None);
        assert_eq!(KEY.reverse(&address("SRS00=x@here.example"), now()), None);
    }

    #[test]
    fn servers_that_fold_case_do_no_harm() {
        let folded = address(&forward("piet@far.example").to_string().to_lowercase());
        assert_eq!(KEY.reverse(&folded, now()), Some(Ok(address("piet@far.example"))));
    }

    #[test]
    fn what_is_forged_or_old_leads_nowhere() {
        let written = forward("piet@far.example");
        for (from, to) in [("piet", "jan"), ("far.example", "bad.example"), ("SRS0=", "SRS0=A"), ("SRS0=", "SRS1=")] {
            let forged = address(&written.to_string().replace(from, to));
            assert_eq!(KEY.reverse(&forged, now()), Some(Err(SrsFault::Forged)), "{forged}");
        }
        for broken in
            ["SRS0=@here.example", "SRS0====@here.example", "SRS1=a=b@here.example", "SRS0=a=b=c@here.example"]
        {
            assert_eq!(KEY.reverse(&address(broken), now()), Some(Err(SrsFault::Forged)), "{broken}");
        }
        assert_eq!(SrsKey([8; 32]).reverse(&written, now()), Some(Err(SrsFault::Forged)));
        for (age, fault) in [(21, None), (22, Some(SrsFault::Expired)), (1_000, Some(SrsFault::Expired))] {
            let found = KEY.reverse(&written, now().plus(DAY * age)).unwrap();
            assert_eq!(found.err(), fault, "{age}");
        }
        // a clock that went back a day
        assert!(KEY.reverse(&written, now().minus(DAY)).unwrap().is_ok());
        assert!(KEY.reverse(&written, now().minus(DAY * 2)).unwrap().is_err());
    }

    #[test]
    fn what_another_forwarder_has_written_names_him() {
        let first = address("SRS0=abcd=XY=far.example=piet@one.example");
        let second = forward("SRS0=abcd=XY=far.example=piet@one.example");
        assert!(second.to_string().starts_with("SRS1="), "{second}");
        assert_eq!(KEY.reverse(&second, now().plus(DAY * 900)), Some(Ok(first.clone())));
        // a third one keeps the name of the first
        let other = SrsKey([9; 32]);
        let third = other.forward(&second, &"third.example".parse().unwrap(), now()).unwrap();
        assert_eq!(other.reverse(&third, now()), Some(Ok(first)));
        let plus = forward("srs0+abcd=XY=far.example=piet@one.example");
        assert_eq!(KEY.reverse(&plus, now()), Some(Ok(address("SRS0+abcd=XY=far.example=piet@one.example"))));
    }

    #[test]
    fn a_sender_that_is_too_long_stays() {
        let long = address(&format!("{}@far.example", "x".repeat(50)));
        assert_eq!(KEY.forward(&long, &here(), now()), None);
        assert_eq!(KEY.forward(&address("SRS1=x@far.example"), &here(), now()), None);
    }
}
