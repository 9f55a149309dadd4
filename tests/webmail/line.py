"""The line between a browser and the server: it can be cut, and lead to a server that was started again."""

import contextlib
import socket
import threading


class Line:
    """A relay of bytes. Up until the `with` ends."""

    def __init__(self, door):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self.listener.getsockname())
        self.ends = set()
        self.mend(door)

    def mend(self, door):
        self.door = (door.address, door.port)

    def cut(self):
        """What stands breaks off, and nobody answers any more."""
        self.door = None
        for end in list(self.ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.cut()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                if self.door is None:
                    raise OSError("cut")
                far = socket.create_connection(self.door)
            except OSError:
                near.close()
                continue
            self.ends |= {near, far}
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self.pass_on, args=(source, target), daemon=True).start()

    def pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            self.ends.discard(end)
