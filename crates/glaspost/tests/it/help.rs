//! Every command explains itself with an example, and a wrong one says what is right.
use crate::program::run;
use std::fs;
use std::path::Path;

/// The names in the list of subcommands of a help text.
fn subcommands(help: &str) -> Vec<String> {
    let mut lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let mut names = Vec::new();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        match line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')) {
            Some(rest) => names.extend(rest.split_whitespace().next().map(str::to_owned)),
            None => continue,
        }
    }
    names.retain(|name| name != "help");
    names
}

#[test]
fn each_command_has_an_example() {
    let mut open = vec![Vec::new()];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = run(&arguments, "").ok().to_owned();
        seen += 1;
        let below = subcommands(&help);
        if below.is_empty() || path.is_empty() {
            assert!(help.contains("Example"), "{path:?} has no example:\n{help}");
            assert!(
                help.contains(&format!("  glaspost {}", path.join(" "))),
                "{path:?}: the example is another's:\n{help}"
            );
        }
        for name in below {
            open.push(path.iter().cloned().chain([name]).collect());
        }
    }
    assert!(seen > 8, "{seen}");
}

#[test]
fn a_wrong_word_ends_with_64_and_a_proposal() {
    assert!(
        run(&["acount", "list"], "").fails(64).contains("account")
            || run(&["mesage"], "").fails(64).contains("message")
    );
    run(&[], "").fails(64);
    assert!(run(&["--version"], "").ok().starts_with("glaspost "));
}

#[test]
fn the_page_of_commands_is_printed_from_the_program() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/commands.md");
    let printed = run(&["man", "--markdown"], "");
    assert!(fs::read_to_string(page).unwrap() == printed.ok(), "docs/reference/commands.md is old: make docs");
    assert!(run(&["man"], "").ok().contains(".TH glaspost"));
    let folder = tempfile::tempdir().unwrap();
    run(&["man", "--output", folder.path().to_str().unwrap()], "").ok();
    assert!(folder.path().join("glaspost-account-add.1").exists());
    assert!(run(&["completions", "bash"], "").ok().contains("_glaspost"));
}
