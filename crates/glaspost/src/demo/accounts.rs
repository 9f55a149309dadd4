//! The demo's accounts, and the mail in them. What is there already stays.
use super::descriptor::Account;
use super::messages::first_mail;
use super::zone::DOMAIN;
use crate::configuration::Language;
use crate::failure::{Code, Failure};
use crate::house::House;
use directory::{DomainOptions, NewAccount, NewPassword, PasswordHash, Role};
use jiff::Timestamp;
use names::{AccountId, Address, ByteSize, Domain, Secret};
use std::fmt::Display;
use store::{LineEnds, NewEmail, ReceivedAt};
use world::World;

const PASSWORD: &str = "glaspost-demo";
/// Who looks after the domain.
const ADMINISTRATOR: &str = "beheer";
const QUOTA: ByteSize = ByteSize::gib(2);
/// Accounts that enter the directory in one commit.
const BATCH: usize = 500;

/// Who can log in.
pub(super) struct Accounts {
    pub(super) people: Vec<Account>,
    pub(super) administrator: Account,
}

/// Makes the domain, anna, bram, `count` users and the administrator. The password is hashed once.
pub(super) async fn make(house: &House, world: &World, count: usize, language: Language) -> Result<Accounts, Failure> {
    let domain: Domain = DOMAIN.parse().map_err(software)?;
    // RFC 5321, 4.5.1: postmaster is somebody
    let owner = format!("{ADMINISTRATOR}@{DOMAIN}").parse().map_err(software)?;
    match house.directory.add_domain(&domain, DomainOptions { owner: Some(owner), ..DomainOptions::default() }).await {
        Ok(_) | Err(directory::Error::DomainExists(_)) => {}
        Err(error) => return Err(software(error)),
    }
    let mut people: Vec<(String, String)> =
        vec![("anna".into(), "Anna Visser".into()), ("bram".into(), "Bram de Boer".into())];
    people.extend((0..count).map(|number| (format!("user{number}"), format!("User {number}"))));
    let mut all: Vec<(String, String, Role)> =
        people.into_iter().map(|(local, name)| (local, name, Role::User)).collect();
    all.push((ADMINISTRATOR.into(), "Beheer".into(), Role::Owner));

    let mut password = None;
    for batch in all.chunks(BATCH) {
        let mut fresh = Vec::new();
        for (local, name, role) in batch {
            let address: Address = format!("{local}@{DOMAIN}").parse().map_err(software)?;
            if matches!(house.directory.account(&address).await, Err(directory::Error::NoSuchAccount(_))) {
                let hash = match &password {
                    Some(hash) => PasswordHash::clone(hash),
                    None => password.insert(hash(house).await?).clone(),
                };
                let id = new_place(house, world).await?;
                // before anybody can log in: a start that is cut off here is made up for by the next one
                if is_person(&address) {
                    fill(house, id, &address, language).await?;
                }
                fresh.push(NewAccount {
                    id,
                    address,
                    name: name.clone(),
                    password: hash,
                    quota: Some(QUOTA),
                    role: *role,
                });
            }
        }
        if !fresh.is_empty() {
            house.directory.add_accounts(&domain, fresh).await.map_err(software)?;
        }
    }
    let account = |local: &str| Account { address: format!("{local}@{DOMAIN}"), password: PASSWORD.to_owned() };
    Ok(Accounts {
        people: all.iter().filter(|(.., role)| *role == Role::User).map(|(local, ..)| account(local)).collect(),
        administrator: account(ADMINISTRATOR),
    })
}

/// Only anna and bram have mail at first.
fn is_person(address: &Address) -> bool {
    matches!(address.local().as_str(), "anna" | "bram")
}

async fn hash(house: &House) -> Result<PasswordHash, Failure> {
    house.directory.hash(NewPassword::Plain(Secret::new(PASSWORD.to_owned()))).await.map_err(software)
}

/// Makes an account in the store, under a number that nobody has.
async fn new_place(house: &House, world: &World) -> Result<AccountId, Failure> {
    let mailboxes: Vec<_> = house.standard.iter().map(|(name, role)| (name.clone(), Some(*role))).collect();
    loop {
        let id = AccountId(world.random.number());
        let made = house.store.create_account(id, Some(QUOTA.bytes()), &mailboxes).await.map_err(software)?;
        if made.receipt().is_some() {
            return Ok(id);
        }
    }
}

/// Puts the first mail into INBOX.
async fn fill(house: &House, id: AccountId, address: &Address, language: Language) -> Result<(), Failure> {
    let account = house.store.account(id).await.map_err(software)?.acting_as("demo");
    let mailboxes = account.mailboxes().await.map_err(software)?;
    let inbox = mailboxes.inbox().ok_or_else(|| software("an account without INBOX"))?.id;
    let mut emails = Vec::new();
    for mail in first_mail(address, usize::from(address.local().as_str() == "bram"), language, Timestamp::now()) {
        let mut writer = house.store.blob_writer(LineEnds::Keep);
        writer.write(&mail.bytes).await.map_err(software)?;
        let received = ReceivedAt { seconds: mail.received_at, offset_minutes: 60 };
        emails.push(NewEmail::new(writer.finish().await.map_err(software)?, received));
    }
    account.append(inbox, emails).await.map_err(software).map(|_| ())
}

fn software(error: impl Display) -> Failure {
    Failure::new(Code::Software, error)
}
