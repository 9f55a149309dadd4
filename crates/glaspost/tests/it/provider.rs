//! A provider in a folder of its own: a configuration, a store, and a server while one runs.
use crate::program::{Run, run};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use tempfile::TempDir;

pub(crate) struct Provider {
    folder: TempDir,
}

impl Provider {
    /// With the domain `example.nl`.
    pub(crate) fn new() -> Self {
        let provider = Self { folder: tempfile::tempdir().unwrap() };
        let (data, lmtp) = (provider.path("data"), provider.path("lmtp.sock"));
        let text = format!(
            "host-name = \"mx.example.nl\"\ndefault-domain = \"example.nl\"\ndata = {data:?}\n\
             [queue]\nsmart-host = {{ host = \"127.0.0.1\", port = 9 }}\n\
             [[listener]]\nservice = \"lmtp\"\nsocket = {lmtp:?}\n"
        );
        fs::write(provider.path("glaspost.toml"), text).unwrap();
        provider.run(&["domain", "add", "example.nl"]).ok();
        provider
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        let file = self.path("glaspost.toml");
        let all: Vec<&str> = arguments.iter().copied().chain(["--config", file.to_str().unwrap()]).collect();
        run(&all, input)
    }

    /// Makes an account whose password is `geheim genoeg`.
    pub(crate) fn account(&self, address: &str) {
        self.run_with(&["account", "add", address, "--password-file", "-"], "geheim genoeg\n").ok();
    }

    /// Starts the server, and waits until it is ready.
    pub(crate) fn serve(&self) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_glaspost"));
        command.args(["serve", "--config"]).arg(self.path("glaspost.toml")).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("msg=ready") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        Server { child, _log: log }
    }

    /// Delivers a message by LMTP to `recipient`.
    pub(crate) fn deliver(&self, recipient: &str) {
        let mut stream = UnixStream::connect(self.path("lmtp.sock")).unwrap();
        let mut replies = BufReader::new(stream.try_clone().unwrap());
        let recipient = format!("RCPT TO:<{recipient}>");
        let commands = [
            "",
            "LHLO here",
            "MAIL FROM:<anna@example.nl>",
            &recipient,
            "DATA",
            "Subject: x\r\n\r\nhello\r\n.",
            "QUIT",
        ];
        for command in commands {
            if !command.is_empty() {
                stream.write_all(format!("{command}\r\n").as_bytes()).unwrap();
            }
            let mut reply = String::new();
            while reply.as_bytes().get(3) != Some(&b' ') {
                reply.clear();
                assert!(replies.read_line(&mut reply).unwrap() > 0);
            }
            assert!(reply.starts_with(['2', '3']), "{command}: {reply}");
        }
    }
}

/// A running server; its log must be read by somebody, or it would wait.
pub(crate) struct Server {
    child: Child,
    _log: BufReader<ChildStderr>,
}

impl Server {
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap())
    }

    /// Ends it as systemd would.
    pub(crate) fn stop(mut self) {
        kill(self.pid(), Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
