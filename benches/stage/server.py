"""What all servers have in common: a folder, ports, a group of processes, a start and an end."""

import imaplib
import shutil
import signal
import socket
import subprocess
import time

from stage import group
from stage.accounts import PASSWORD

HOST = "127.0.0.1"
#: The doors of every server; that of JMAP, `https`, is open where a server has one, or from `open_jmap` on.
DOORS = ("smtp", "lmtp", "imap", "imaps", "pop3")


class Server:
    """One server, or a mail transport with its mailbox server. Subclasses prepare the folder and name the commands."""

    name = ""
    #: What stands before the name of a mailbox beside the INBOX.
    prefix = ""

    def __init__(self, folder, certificate):
        self.folder = folder / self.name
        self.certificate = certificate
        self.port = dict(zip((*DOORS, "https"), free_ports(len(DOORS) + 1)))
        self.group = None
        self.running = []
        #: What works have made here for later ones, and messages that must be in the mailboxes at the end.
        self.prepared = set()
        self.expected = 0
        self.receivers = set()

    def prepare(self, accounts):
        """Writes the configuration. Nothing runs yet."""
        raise NotImplementedError

    def commands(self):
        """What to start, in this order."""
        raise NotImplementedError

    def populate(self, accounts):
        """Makes the accounts, where a running server is needed for it."""

    def version(self):
        """The version as the program prints it."""
        raise NotImplementedError

    def mail(self):
        """The folders that mail is kept in."""
        raise NotImplementedError

    def waiting(self):
        """Whether accepted mail is still on its way into mailboxes."""
        return False

    def open_jmap(self):
        """Makes JMAP be there, where it is not from the start."""

    def start(self, accounts):
        self.folder.mkdir(mode=0o755)
        self.prepare(accounts)
        self.launch()
        self.populate(accounts)

    def launch(self):
        """Starts the processes, and waits until every door is open."""
        self.group = group.make(self.name)
        for command in self.commands():
            log = open(self.folder / "output.log", "ab")
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=self.group.enter, cwd=self.folder,
            )
            log.close()
            self.running.append(process)
            self.group.adopt(process.pid)
        for door in DOORS:
            self.wait_for(door)

    def restart(self):
        """Ends all processes and starts them anew on the same folder: what they knew is gone, what the disk has stays.

        The kernel keeps what it has read of their files. What was accepted is in the mailboxes before.
        """
        self.settle()
        self.stop()
        self.launch()

    def wait_for(self, door, within=20):
        give_up = time.monotonic() + within
        while True:
            try:
                socket.create_connection((HOST, self.port[door]), timeout=5).close()
                return
            except OSError as error:
                dead = [process.args for process in self.running if process.poll() is not None]
                if dead or time.monotonic() > give_up:
                    raise RuntimeError(f"{self.name} does not open its {door} port: {error}\n{self.log()}") from error
                time.sleep(0.02)

    def log(self):
        """The end of what it printed."""
        file = self.folder / "output.log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""

    def settle(self, within=120):
        """Waits until all accepted mail is in its mailboxes; gives the moment at which it was."""
        give_up = time.monotonic() + within
        while self.waiting():
            if time.monotonic() > give_up:
                raise RuntimeError(f"{self.name}: mail is still on its way after {within} s\n{self.log()}")
            time.sleep(0.005)
        return time.monotonic()

    def create(self, person, mailbox):
        """Makes a mailbox beside the INBOX."""
        with imaplib.IMAP4(HOST, self.port["imap"], timeout=60) as client:
            client.login(person, PASSWORD)
            done, text = client.create(self.prefix + mailbox)
            if done != "OK":
                raise RuntimeError(f"{self.name}: {mailbox} of {person}: {text}")

    def expect(self, receivers, messages):
        """Notes that so many messages more must be in the INBOXes of these at the end."""
        self.receivers.update(receivers)
        self.expected += messages

    def count(self):
        """The messages in the INBOXes of all who got any."""
        total = 0
        for person in sorted(self.receivers):
            with imaplib.IMAP4(HOST, self.port["imap"], timeout=60) as client:
                client.login(person, PASSWORD)
                _, (status,) = client.status("INBOX", "(MESSAGES)")
                total += int(status.rstrip(b")").rsplit(None, 1)[1])
        return total

    def stop(self):
        """Asks, waits, and ends what is left, each by its number."""
        for process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.running):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running = []
        if self.group:
            self.group.ask()
            self.group.end()
            self.group = None

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def run(*words, **more):
    """A command that must succeed; what it prints."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def free_ports(number):
    """Ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind((HOST, 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
