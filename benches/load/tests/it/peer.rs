//! A server with a script, and the program that speaks with it.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::thread::JoinHandle;

/// One connection of the program.
pub(crate) struct Peer {
    reader: BufReader<TcpStream>,
    stream: TcpStream,
}

impl Peer {
    /// Sends `text`.
    pub(crate) fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// Sends bytes of any kind.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Sends `text` byte by byte, each in a packet of its own.
    pub(crate) fn trickle(&mut self, text: &str) {
        self.stream.set_nodelay(true).unwrap();
        for byte in text.as_bytes() {
            self.stream.write_all(&[*byte]).unwrap();
        }
    }

    /// Reads a line, which must contain `part`.
    pub(crate) fn hear(&mut self, part: &str) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        assert!(line.contains(part), "{part} awaited, {line:?} came");
        line
    }

    /// Reads a message up to its dot.
    pub(crate) fn message(&mut self) -> String {
        let mut message = String::new();
        while !message.ends_with("\r\n.\r\n") {
            assert!(self.reader.read_line(&mut message).unwrap() > 0, "the message has no end");
        }
        message
    }

    /// Reads `octets` of a literal.
    pub(crate) fn octets(&mut self, octets: usize) -> String {
        String::from_utf8(self.bytes(octets)).unwrap()
    }

    /// Reads so many bytes of any kind.
    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.reader.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Reads the header of a request of HTTP, which must begin with `line`.
    pub(crate) fn request(&mut self, line: &str) -> String {
        let mut head = self.hear(line);
        while !head.ends_with("\r\n\r\n") {
            assert!(self.reader.read_line(&mut head).unwrap() > 0, "the header has no end");
        }
        head
    }

    /// Reads until the program closes.
    pub(crate) fn closed(mut self) {
        let mut rest = Vec::new();
        self.reader.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
    }
}

/// Serves one connection after the other, each by the next script; gives the port.
pub(crate) fn serve(scripts: Vec<Box<dyn FnOnce(Peer) + Send>>) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        for script in scripts {
            let (stream, _) = listener.accept().unwrap();
            script(Peer { reader: BufReader::new(stream.try_clone().unwrap()), stream });
        }
    });
    (port, server)
}

/// The program with `arguments`, which stand in one line.
pub(crate) fn program(port: u16, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    let (work, rest) = arguments.split_once(' ').unwrap();
    command.arg(work).arg("--port").arg(port.to_string()).args(rest.split(' '));
    command
}

/// What the program printed.
pub(crate) struct Printed {
    /// The object on standard output.
    pub(crate) object: serde_json::Value,
    /// Standard error.
    pub(crate) error: String,
    /// Whether it ended well.
    pub(crate) success: bool,
}

/// Runs the program against `scripts`.
pub(crate) fn run(arguments: &str, scripts: Vec<Box<dyn FnOnce(Peer) + Send>>) -> Printed {
    let (port, server) = serve(scripts);
    let Output { status, stdout, stderr } = program(port, arguments).output().unwrap();
    let error = String::from_utf8(stderr).unwrap();
    server.join().unwrap_or_else(|_| panic!("the script was not followed; {error}"));
    let object = serde_json::from_slice(&stdout).unwrap_or_else(|fault| panic!("{fault}; {error}"));
    Printed { object, error, success: status.success() }
}
