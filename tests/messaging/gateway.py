"""A mail gateway that speaks SMTP on the loopback, counts what it accepted, and misbehaves when told to."""

from __future__ import annotations

import email
import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from email.message import Message


class Gateway(socketserver.ThreadingTCPServer):
    """`answer_data(message)` gives the answer to a whole message, or None to drop the connection.

    Whatever it answers, the message was accepted and is counted, unless the answer is a refusal (4xx, 5xx).
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.accepted: list[Message] = []
        self.refused = 0
        self.greets = True
        self.dribbles = False
        self.answer_data: Callable[[Message], bytes | None] = lambda _message: b"250 queued"
        self.ended = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def counts(self) -> Counter[str]:
        """How often each reference (Message-ID) was accepted."""
        return Counter(each["Message-ID"] for each in list(self.accepted))

    def close(self) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()


class Conversation(socketserver.StreamRequestHandler):
    server: Gateway

    def handle(self) -> None:
        with suppress(OSError):
            self._talk()

    def _talk(self) -> None:
        if not self.server.greets:
            self.server.ended.wait()
            return
        self._say(b"220 here")
        while line := self.rfile.readline():
            match line.split(b" ")[0].strip().upper():
                case b"DATA":
                    self._say(b"354 go on")
                    if not self._take_message():
                        return
                case b"QUIT":
                    self._say(b"221 bye")
                    return
                case _:
                    self._say(b"250 ok")

    def _take_message(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines))
        answer = self.server.answer_data(message)
        if answer is not None and answer[:1] in b"45":
            self.server.refused += 1
        else:
            self.server.accepted.append(message)
        if answer is None:
            return False
        self._say(answer)
        return True

    def _say(self, line: bytes) -> None:
        if self.server.dribbles:
            # Every byte comes in time, and the line never ends.
            while not self.server.ended.wait(0.1):
                self.wfile.write(b"2")
            return
        self.wfile.write(line + b"\r\n")
