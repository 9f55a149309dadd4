//! The table of commands, one file each; CAPA is printed from it.
mod auth;
mod capa;
mod dele;
mod lang;
mod list;
mod noop;
mod pass;
mod quit;
mod retr;
mod rset;
mod stat;
mod stls;
mod top;
mod uidl;
mod user;
mod utf8;

use super::row::Row;
use crate::wire::Command;

/// Every command, in the order of CAPA.
pub(super) const TABLE: [&Row; 16] = [
    &user::USER,
    &pass::PASS,
    &auth::AUTH,
    &capa::CAPA,
    &stls::STLS,
    &utf8::UTF8,
    &lang::LANG,
    &stat::STAT,
    &list::LIST,
    &uidl::UIDL,
    &retr::RETR,
    &top::TOP,
    &dele::DELE,
    &noop::NOOP,
    &rset::RSET,
    &quit::QUIT,
];

/// The row of a command.
pub(super) const fn row(command: &Command) -> &'static Row {
    match command {
        Command::User(_) => &user::USER,
        Command::Pass(_) => &pass::PASS,
        Command::Auth(_) => &auth::AUTH,
        Command::Capa => &capa::CAPA,
        Command::Stls => &stls::STLS,
        Command::Utf8 => &utf8::UTF8,
        Command::Lang(_) => &lang::LANG,
        Command::Stat => &stat::STAT,
        Command::List(_) => &list::LIST,
        Command::Uidl(_) => &uidl::UIDL,
        Command::Retr(_) => &retr::RETR,
        Command::Top(..) => &top::TOP,
        Command::Dele(_) => &dele::DELE,
        Command::Noop => &noop::NOOP,
        Command::Rset => &rset::RSET,
        Command::Quit => &quit::QUIT,
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<&str> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }
}
