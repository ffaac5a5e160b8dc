# Runs a command in a terminal of its own: terminal.py COLUMNS KEYS UNTIL COMMAND...
# Types KEYS once the command prints its prompt `> `, and prints what is on the terminal when UNTIL is
# among it, or the command has ended, or 30 seconds are over.
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

columns, keys, until = int(sys.argv[1]), sys.argv[2], sys.argv[3]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[4], sys.argv[4:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
control = re.compile(rb"\x1b\[[?0-9;]*[A-Za-z]")
seen = b""
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if keys and control.sub(b"", seen).endswith(b"> "):
        os.write(terminal, keys.encode())
        keys = ""
    if until and re.search(until.encode(), seen):
        break
try:
    os.kill(pid, signal.SIGKILL)
except ProcessLookupError:
    pass
os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
