//! Running the program, and comparing what it prints with reviewed files.
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// What one run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Standard output of a run that must have gone well.
    pub(crate) fn ok(&self) -> &str {
        assert_eq!(self.code, 0, "out: {}\nerr: {}", self.out, self.err);
        &self.out
    }

    /// Standard error of a run that must have ended with `code`.
    pub(crate) fn fails(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        &self.err
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.ok()).unwrap()
    }
}

/// Runs the program with `arguments`, and `input` on standard input.
pub(crate) fn run(arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glaspost"));
    command.args(arguments).env_remove("GLASPOST_CONFIG").env("NO_COLOR", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_bytes().to_vec();
    // beside the reading, or both sides would wait; a command that reads nothing may have ended already
    let writing = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Compares with a file below `tests/golden/`. When they differ, the new text is kept to be looked at and copied.
pub(crate) fn golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if expected != text {
        let new = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&new, text).unwrap();
        panic!("{} is not what {} says:\n{text}", new.display(), file.display());
    }
}
