//! The same commands with the server running, and what happens when it does not answer.
use crate::program::Run;
use crate::provider::Provider;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_running_server_does_the_same() {
    let provider = Provider::new();
    let server = provider.serve();
    provider.account("anna@example.nl");
    provider.run(&["alias", "add", "info@example.nl", "anna@example.nl"]).ok();
    let seen = |provider: &Provider| -> Vec<String> {
        let commands: [&[&str]; 5] = [
            &["account", "list"],
            &["account", "list", "--json"],
            &["account", "show", "anna@example.nl"],
            &["alias", "list", "--json"],
            &["domain", "list"],
        ];
        commands.iter().map(|command| provider.run(command).ok().to_owned()).collect()
    };
    let running = seen(&provider);
    provider.run(&["account", "show", "zoe@example.nl"]).fails(67);
    let import = provider.run_with(&["account", "import", "-"], "address,password-or-hash,name,quota\nx,y,,\n");
    assert!(import.fails(65).contains("line 2"), "{}", import.err);
    server.stop();
    assert_eq!(seen(&provider), running);
}

#[test]
fn mail_arrives_and_the_store_is_sound() {
    let provider = Provider::new();
    provider.account("anna@example.nl");
    let server = provider.serve();
    provider.deliver("anna@example.nl");
    assert_eq!(provider.run(&["account", "show", "anna@example.nl", "--json"]).json()["messages"], 1);
    let check = provider.run(&["store", "check", "--bytes"]);
    assert_eq!(check.ok(), "");
    assert!(check.err.contains("1 messages") && check.err.contains("all is sound"), "{}", check.err);
    server.stop();
    let report = provider.run(&["store", "check", "--json"]).json();
    assert_eq!((&report["messages"], &report["faults"]), (&json!(1), &json!([])));
    assert_eq!(provider.run(&["store", "stats", "--json"]).json()["blobs"], 1);
    assert!(provider.run(&["store", "stats"]).ok().contains("accounts          1"));
    provider.run(&["store", "compact"]).ok();
    assert!(provider.run(&["store", "compact", "--json"]).json()["bytes"].is_u64());
}

#[test]
fn a_fault_is_on_a_line_and_ends_with_1() {
    let provider = Provider::new();
    provider.account("anna@example.nl");
    let server = provider.serve();
    provider.deliver("anna@example.nl");
    server.stop();
    let pack = fs::read_dir(provider.path("data/packs")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&pack).unwrap();
    // the octets of the only message, wherever they lie in the pack
    bytes.iter_mut().skip(64).for_each(|byte| *byte ^= 0x55);
    fs::write(&pack, bytes).unwrap();
    let found = provider.run(&["store", "check", "--bytes"]);
    found.fails(1);
    assert_eq!(found.out.lines().count(), 1, "{}", found.out);
    assert!(found.err.contains("1 fault"), "{}", found.err);
    let report: Value = serde_json::from_str(&provider.run(&["store", "check", "--bytes", "--json"]).out).unwrap();
    assert_eq!(report["count"], 1);
}

/// The only message of the queue.
fn waiting(provider: &Provider) -> Value {
    let list = provider.run(&["queue", "list", "--json"]).json();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    list[0].clone()
}

#[test]
fn a_message_in_the_queue_is_held_released_retried_and_removed() {
    let provider = Provider::new();
    provider.account("anna@example.nl");
    provider.run(&["alias", "add", "out@example.nl", "bob@elsewhere.example"]).ok();
    let server = provider.serve();
    provider.deliver("out@example.nl");
    let id = waiting(&provider)["id"].as_str().unwrap().to_owned();
    let on = |arguments: &[&str]| -> Run {
        let all: Vec<&str> = ["queue"].iter().chain(arguments).copied().collect();
        provider.run(&all)
    };
    on(&["hold", &id, "--reason", "looks stolen"]).ok();
    assert_eq!(waiting(&provider)["held"], "looks stolen");
    server.stop();

    assert!(on(&["show", &id]).ok().contains("held: looks stolen"));
    let shown = on(&["show", &id, "--json"]).json();
    assert_eq!(shown["recipients"][0]["address"], "bob@elsewhere.example");
    assert_eq!(on(&["list", "--not-held", "--json"]).json(), json!([]));
    assert!(on(&["list", "--held", "--recipient", "@elsewhere"]).ok().contains(&id));
    on(&["release", &id]).ok();
    assert_eq!(waiting(&provider)["held"], json!(null));
    assert!(on(&["retry", &id]).err.contains("undo"));
    on(&["remove", &id, "--reason", "spam"]).fails(64);
    on(&["remove", &id, "--reason", "spam", "--confirm", &id]).ok();
    for act in [&["show", &id][..], &["retry", &id], &["release", &id], &["hold", &id, "--reason", "x"]] {
        on(act).fails(67);
    }
    on(&["show", "nonsense"]).fails(64);
    provider.run(&["store", "check"]).ok();
}

#[test]
fn a_store_that_another_has_is_69_with_its_pid() {
    let provider = Provider::new();
    let server = provider.serve();
    let pid = server.pid();
    fs::remove_file(provider.path("data/control.sock")).unwrap();
    assert!(provider.run(&["domain", "list"]).fails(69).contains(&pid.to_string()));
}

#[test]
fn a_server_that_is_silent_is_69_with_its_pid() {
    let provider = Provider::new();
    let server = provider.serve();
    kill(server.pid(), Signal::SIGSTOP).unwrap();
    // the signal is on its way when `kill` returns: until each thread stands still the server may still greet
    while !stands_still(server.pid()) {
        std::thread::yield_now();
    }
    assert!(provider.run(&["domain", "list"]).fails(69).contains(&server.pid().to_string()));
    kill(server.pid(), Signal::SIGCONT).unwrap();
    provider.run(&["domain", "list"]).ok();
}

/// Whether each thread of a process is stopped (proc(5): the state `T` behind the name in parentheses).
fn stands_still(pid: Pid) -> bool {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap().map(|task| task.unwrap().path().join("stat"));
    tasks.map(|stat| fs::read_to_string(stat).unwrap()).all(|stat| {
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        fields.starts_with('T')
    })
}

#[test]
fn a_socket_that_was_left_behind_is_no_server() {
    let provider = Provider::new();
    drop(provider.serve()); // killed
    assert!(provider.path("data/control.sock").exists());
    provider.run(&["domain", "list"]).ok();
}

#[test]
fn a_wrong_configuration_is_78() {
    let provider = Provider::new();
    fs::write(provider.path("glaspost.toml"), "host-nam = \"x\"\n").unwrap();
    for command in [&["domain", "list"][..], &["store", "check"], &["config", "check"]] {
        assert!(provider.run(command).fails(78).contains("glaspost.toml:1:1"));
    }
}
