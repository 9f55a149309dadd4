//! Every right against every command (RFC 4314, 4): what asks for a right is refused without it and done with it, and
//! asks for no other.
use crate::mirror::Mirror;
use crate::stage::House;
use imap_wire::client::Data;
use store::Flags;

const ALL: &str = "lrswipkxtea";
/// What Bob calls Anna's mailbox.
const SHARED: &str = "\"Other Users/anna@example.nl/map\"";
/// A mailbox of hers in which he may do everything.
const FREE: &str = "\"Other Users/anna@example.nl/vrij\"";

/// A command, where it is said, and the rights that it asks for beside `l`.
struct Case {
    selected: Option<&'static str>,
    command: &'static str,
    needs: &'static str,
}

const fn said(command: &'static str, needs: &'static str) -> Case {
    Case { selected: None, command, needs }
}

const fn there(command: &'static str, needs: &'static str) -> Case {
    Case { selected: Some(SHARED), command, needs }
}

const fn at_home(command: &'static str, needs: &'static str) -> Case {
    Case { selected: Some("INBOX"), command, needs }
}

/// `M` is the shared mailbox, `F` the one that is free.
const CASES: &[Case] = &[
    said("SELECT M", "r"),
    said("EXAMINE M", "r"),
    said("STATUS M (MESSAGES UNSEEN)", "r"),
    said("GETQUOTAROOT M", "r"),
    said("GETMETADATA M /private/comment", "r"),
    said("SETMETADATA M (/private/comment \"x\")", "r"),
    said("SETMETADATA M (/private/comment \"x\" /shared/comment \"y\")", "rw"),
    said("SUBSCRIBE M", ""),
    said("CREATE M/nieuw", "k"),
    said("DELETE M", "x"),
    said("RENAME M F/elders", "x"),
    said("RENAME F/kind M/kind", "k"),
    said("APPEND M {3+}\r\nabc", "i"),
    said("MYRIGHTS M", ""),
    said("GETACL M", "a"),
    said("LISTRIGHTS M carla", "a"),
    said("SETACL M carla lr", "a"),
    said("DELETEACL M carla", "a"),
    at_home("COPY 1 M", "i"),
    at_home("UID COPY 1 M", "i"),
    at_home("MOVE 1 M", "i"),
    at_home("REPLACE 1 INBOX {3+}\r\nabc", ""),
    at_home("REPLACE 1 M {3+}\r\nabc", "i"),
    said("APPEND M CATENATE (URL /INBOX/;UID=1)", "i"),
    there("FETCH 1 (BODY[] FLAGS)", "r"),
    there("SEARCH ALL", "r"),
    there("COPY 1 INBOX", "r"),
    there("COPY 1 F", "r"),
    there("STORE 1 +FLAGS (\\Seen)", "rs"),
    there("STORE 1 +FLAGS (\\Flagged)", "rw"),
    there("STORE 1 +FLAGS (werk)", "rw"),
    there("UID STORE 1 -FLAGS (\\Answered)", "rw"),
    there("STORE 1 +FLAGS (\\Deleted)", "rt"),
    there("EXPUNGE", "re"),
    there("UID EXPUNGE 1:*", "re"),
    there("CLOSE", "r"),
    there("MOVE 1 INBOX", "rte"),
    there("MOVE 1 F", "rte"),
    there("UID MOVE 1 INBOX", "rte"),
    there("REPLACE 1 M {3+}\r\nabc", "rtei"),
    there("REPLACE 1 INBOX {3+}\r\nabc", "rte"),
];

/// Anna's mailboxes, shared with Bob, who may do in `map` what `rights` say.
async fn house(rights: &str) -> House {
    let house = House::new().await;
    for name in ["map", "vrij", "vrij/kind"] {
        house.anna().await.create_mailbox(&crate::stage::mailbox(name), None).await.unwrap();
    }
    house.deliver("map", b"Subject: een\r\n\r\nhallo\r\n", Flags::default()).await.unwrap();
    let bob = house.store.account(crate::stage::OTHERS[0].0).await.unwrap();
    let now = house.world.clock.now();
    crate::stage::deliver(&house.store, &bob, now, "INBOX", b"Subject: x\r\n\r\ny\r\n", Flags::default())
        .await
        .unwrap();
    house.share("map", "bob", rights).await.unwrap();
    for name in ["vrij", "vrij/kind"] {
        house.share(name, "bob", ALL).await.unwrap();
    }
    house
}

/// Says a command as Bob with these rights; gives its status and code.
async fn outcome(case: &Case, rights: &str) -> (String, String) {
    let mut house = house(rights).await;
    let mut bob = Mirror::of(house.open(), "bob").await;
    if let Some(mailbox) = case.selected {
        let selected = bob.say(&format!("SELECT {mailbox}")).await;
        if selected.status != "OK" {
            return (selected.status.clone(), selected.code_word().unwrap_or_default().to_owned());
        }
    }
    let command = case
        .command
        .replace(" M/", " \"Other Users/anna@example.nl/map\"/")
        .replace(" F/", " \"Other Users/anna@example.nl/vrij\"/");
    let command =
        command.replace("\"/nieuw", "/nieuw\"").replace("\"/elders", "/elders\"").replace("\"/kind", "/kind\"");
    let command = format!("{command} ").replace(" M ", &format!(" {SHARED} ")).replace(" F ", &format!(" {FREE} "));
    let done = bob.say(command.trim_end_matches(' ')).await;
    assert!(house.store.check(store::CheckDepth::Records).await.unwrap().is_clean(), "{command}");
    (done.status.clone(), done.code_word().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn every_command_asks_for_its_rights_and_no_others() {
    for case in CASES {
        let about_it = case.command.contains(" M") || case.selected == Some(SHARED);
        let needs = if about_it { format!("l{}", case.needs) } else { String::new() };
        let (status, code) = outcome(case, &needs).await;
        assert_eq!(status, "OK", "{} with {needs}: {code}", case.command);
        for right in ALL.chars() {
            let rights: String = ALL.chars().filter(|other| *other != right).collect();
            let (status, code) = outcome(case, &rights).await;
            let expected = match right {
                right if !needs.contains(right) => "OK",
                // Whoever may not see a mailbox does not learn that it exists; nobody makes names where he sees none.
                'l' if !case.command.contains(" M/") => "NONEXISTENT",
                _ => "NOPERM",
            };
            let answer = if status == "OK" { "OK" } else { &*code };
            assert_eq!(answer, expected, "{} without {right}", case.command);
        }
        for right in needs.chars() {
            let rights: String = needs.chars().filter(|other| *other != right).collect();
            assert_eq!(outcome(case, &rights).await.0, "NO", "{} with {rights} alone", case.command);
        }
    }
}

#[tokio::test]
async fn a_mailbox_is_listed_by_the_right_to_see_it_alone() {
    for right in ALL.chars() {
        for (rights, listed) in [(right.to_string(), right == 'l'), (ALL.replace(right, ""), right != 'l')] {
            let mut house = house(&rights).await;
            let mut bob = Mirror::of(house.open(), "bob").await;
            bob.ok("LIST \"\" *").await;
            let named = |data: &Data| matches!(data, Data::List { name, .. } if name.as_str().ends_with("/map"));
            assert_eq!(bob.told.iter().any(named), listed, "{rights}");
        }
    }
}

/// The flags of the last message of Anna's `map`, as she sees them.
async fn flags_at_annas(house: &mut House) -> Vec<String> {
    let mut anna = Mirror::new(house.open()).await;
    anna.ok("SELECT map").await;
    anna.ok("FETCH * FLAGS").await;
    anna.rows.last().and_then(|row| row.flags.clone()).unwrap_or_default().into_iter().collect()
}

#[tokio::test]
async fn flags_come_along_as_far_as_the_rights_go() {
    for (rights, kept) in [
        ("lri", vec![]),
        ("lriw", vec!["\\Flagged", "werk"]),
        ("lrit", vec!["\\Deleted"]),
        ("lriwt", vec!["\\Deleted", "\\Flagged", "werk"]),
    ] {
        for command in ["APPEND M (\\Deleted \\Flagged werk) {3+}\r\nabc", "COPY 1 M", "MOVE 1 M"] {
            let mut house = house(rights).await;
            let mut bob = Mirror::of(house.open(), "bob").await;
            bob.ok("SELECT INBOX").await;
            bob.ok("STORE 1 +FLAGS (\\Deleted \\Flagged werk)").await;
            bob.ok(&command.replace(" M", &format!(" {SHARED}"))).await;
            assert_eq!(flags_at_annas(&mut house).await, kept, "{command} with {rights}");
        }
    }
}

#[tokio::test]
async fn flags_within_an_account_come_along_as_far_as_the_rights_go() {
    for (rights, kept) in [("lri", vec![]), ("lriw", vec!["\\Flagged"]), ("lrit", vec!["\\Deleted"])] {
        for command in ["COPY 1 M", "MOVE 1 M"] {
            let mut house = house(rights).await;
            house.deliver("vrij", b"Subject: twee\r\n\r\nhallo\r\n", Flags::default()).await.unwrap();
            let mut bob = Mirror::of(house.open(), "bob").await;
            bob.ok(&format!("SELECT {FREE}")).await;
            bob.ok("STORE 1 +FLAGS (\\Deleted \\Flagged)").await;
            bob.ok(&command.replace(" M", &format!(" {SHARED}"))).await;
            assert_eq!(flags_at_annas(&mut house).await, kept, "{command} with {rights}");
        }
    }
}

#[tokio::test]
async fn closing_without_the_right_to_expunge_leaves_everything() {
    for (rights, left) in [("lrt", 1), ("lrte", 0)] {
        let mut house = house(rights).await;
        let mut bob = Mirror::of(house.open(), "bob").await;
        bob.ok(&format!("SELECT {SHARED}")).await;
        bob.ok("STORE 1 +FLAGS (\\Deleted)").await;
        bob.ok("CLOSE").await;
        let mut anna = Mirror::new(house.open()).await;
        anna.ok("SELECT map").await;
        assert_eq!(anna.rows.len(), left, "{rights}");
    }
}

#[tokio::test]
async fn an_owner_has_what_he_left_himself() {
    for (left, command, answer) in [
        ("lrswipkxtea", "DELETE map", "OK"),
        ("lr", "DELETE map", "NOPERM"),
        ("lr", "APPEND map {3+}\r\nabc", "NOPERM"),
        ("lr", "CREATE map/x", "NOPERM"),
        ("", "SELECT map", "NOPERM"),
        ("", "GETACL map", "OK"),
        ("", "SETACL map anna +rx", "OK"),
    ] {
        let mut house = house("lr").await;
        let mut anna = Mirror::new(house.open()).await;
        anna.ok(&format!("SETACL map anna \"{left}\"")).await;
        let done = anna.say(command).await;
        let said = if done.status == "OK" { "OK" } else { done.code_word().unwrap_or_default() };
        assert_eq!(said, answer, "{command} with {left}");
    }
}
