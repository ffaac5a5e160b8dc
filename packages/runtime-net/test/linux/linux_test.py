#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The stack against Linux's, over a TAP device in a network namespace of its own.

usage: linux_test.py PEER [PATTERN]    PEER is the program built from peer.ml;
                                       PATTERN selects tests by a part of their name
       linux_test.py PEER --soak N     N short connections, and nothing of them is left
Needs root, or user namespaces and a /dev/net/tun for everybody. The output is
TAP (Test Anything Protocol).
"""

import errno
import fcntl
import os
import random
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HOST = "10.0.0.1"
STACK = "10.0.0.2"
HOST6 = "fd00::1"
STACK6 = "fd00::2"
PATIENCE = 60

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
IFF_VNET_HDR = 0x4000

# The same octets in peer.ml.
PATTERN = bytes((i * i * 31 + i * 7) & 0xFF for i in range(65521))


def pattern(length):
    return (PATTERN * (length // len(PATTERN) + 1))[:length]


def sh(*command, check=True):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stdout.decode()}")
    return done.stdout.decode()


def why_not():
    """What keeps the tests from running at all, in words."""
    missing = [tool for tool in ("unshare", "ip", "nft", "ping", "curl", "sysctl") if not shutil.which(tool)]
    if missing:
        return "not installed: " + ", ".join(missing)
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as e:
        return str(e)
    return None


def enter_namespace():
    """Runs this program again, in a network namespace that ends with it."""
    if os.environ.get("MIRAGE_LINUX_TEST") == "inside":
        return
    os.environ["MIRAGE_LINUX_TEST"] = "inside"
    flags = ["--net"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--net"]
    os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])


def open_tap(name, flags):
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI | flags))
    return tap


class Peer:
    """The stack's process, with a TAP device whose other end has HOST."""

    def __init__(self, program, *args, address=True, flags=0, six=False):
        self.tap = open_tap("tap0", flags)
        sh("sysctl", "-qw", f"net.ipv6.conf.tap0.disable_ipv6={int(not six)}", check=False)
        if six:
            sh("ip", "address", "add", HOST6 + "/64", "dev", "tap0", "nodad")
        if address:
            sh("ip", "address", "add", HOST + "/24", "dev", "tap0")
        sh("ip", "link", "set", "tap0", "up")
        status, status_end = os.pipe()
        env = dict(os.environ, MIRAGE_NETS=f"net={self.tap}", MIRAGE_STATUS_FD=str(status_end))
        self.process = subprocess.Popen(
            [program, *args], env=env, pass_fds=[self.tap, status_end], stdout=sys.stderr
        )
        os.close(status_end)
        self.status = os.fdopen(status)

    def wait_ready(self):
        lines = []
        for line in self.status:
            lines.append(line.strip())
            if lines[-1] == "ready":
                return lines
        raise AssertionError(f"ended with {self.process.wait()} after {lines}")

    def wait_for_address(self, prefix):
        """The address that begins so, once the stack has it: an address of IPv6 is tried first."""
        for line in self.status:
            if line.startswith("address " + prefix):
                return line.split()[1]
        raise AssertionError(f"ended with {self.process.wait()}")

    def alive(self):
        return self.process.poll() is None

    def rss(self):
        """Resident memory in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) // 1024

    def stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.status.close()
        os.close(self.tap)


def connect(port, timeout=PATIENCE, to=None):
    return socket.create_connection((to or destination[0], port), timeout)


# Where the tests' connections go.
destination = [STACK]


def read_all(s):
    parts = []
    while True:
        part = s.recv(1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)


def read_until_failure(s):
    try:
        while s.recv(1 << 20):
            pass
    except OSError:
        pass


def ask(port):
    with connect(port) as s:
        return int(s.makefile().readline())


def in_background(function, *args):
    box = []

    def run():
        try:
            box.append((True, function(*args)))
        except BaseException as e:
            box.append((False, e))

    thread = threading.Thread(target=run)
    thread.start()

    def join():
        thread.join(4 * PATIENCE)
        if not box:
            raise AssertionError("did not end")
        ok, value = box[0]
        if not ok:
            raise value
        return value

    return join


def eventually(what, condition, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(what)
        time.sleep(0.1)


def same(what, expected, got):
    if expected != got:
        if isinstance(expected, bytes):
            at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), None)
            raise AssertionError(f"{what}: {len(got)} octets of {len(expected)}, differ at {at}")
        raise AssertionError(f"{what}: expected {expected!r}, got {got!r}")


def fails_with(code, function, *args):
    try:
        function(*args)
    except OSError as e:
        same("error", errno.errorcode[code], errno.errorcode.get(e.errno, str(e)))
    else:
        raise AssertionError(f"no {errno.errorcode[code]}")


def download(length):
    with connect(19) as s:
        s.sendall(b"%d\n" % length)
        same("download", pattern(length), read_all(s))


def upload(length):
    with connect(2001) as s:
        s.sendall(pattern(length))
        s.shutdown(socket.SHUT_WR)
        same("upload", length, int(read_all(s)))


def echo(length):
    with connect(7) as s:
        data = pattern(length)

        def send():
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)

        sent = in_background(send)
        got = read_all(s)
        sent()
        same("echo", data, got)


class Rules:
    """nft rules while a test runs."""

    def __init__(self, *rules):
        self.rules = rules

    def __enter__(self):
        sh("nft", "add", "table", "ip", "t")
        for hook in "input", "output":
            sh("nft", "add", "chain", "ip", "t", hook, f"{{ type filter hook {hook} priority 0 ; }}")
        for rule in self.rules:
            sh("nft", "add", "rule", "ip", "t", *rule.split())

    def __exit__(self, *_):
        sh("nft", "delete", "table", "ip", "t")


class Sysctl:
    def __init__(self, **settings):
        self.settings = {"net.ipv4." + name: value for name, value in settings.items()}

    def __enter__(self):
        self.before = {name: sh("sysctl", "-n", name).strip() for name in self.settings}
        for name, value in self.settings.items():
            sh("sysctl", "-qw", f"{name}={value}")

    def __exit__(self, *_):
        for name, value in self.before.items():
            sh("sysctl", "-qw", f"{name}={value}")


# The tests: each is a function of the peer, in the order of its definition.


def test_ping(peer):
    sh("ping", "-c", "3", "-i", "0.2", "-W", "5", STACK)


def test_ping_in_fragments(peer):
    for size in 1472, 1473, 4000, 65507:
        sh("ping", "-c", "2", "-i", "0.2", "-W", "5", "-s", str(size), STACK)


def test_ping_flood(peer):
    out = sh("ping", "-f", "-c", "2000", "-W", "5", STACK)
    if " 0% packet loss" not in out:
        raise AssertionError(out)


def test_arp(peer):
    sh("ip", "neighbour", "flush", "dev", "tap0")
    sh("ping", "-c", "1", "-W", "5", STACK)
    same("neighbour", True, "lladdr" in sh("ip", "neighbour", "show", STACK))


def test_curl(peer):
    same("page", "Hello, world!", sh("curl", "-sS", "--max-time", "30", f"http://{STACK}/"))


def test_requests_on_one_connection(peer):
    with connect(80) as s:
        file = s.makefile("rb")
        start = time.monotonic()
        for _ in range(1000):
            s.sendall(b"GET / HTTP/1.1\r\nHost: stack\r\n\r\n")
            while file.readline().strip():
                pass
            same("body", b"Hello, world!", file.read(13))
        note(f"{1000 / (time.monotonic() - start):.0f} requests/s")


def test_download_of_100_mb(peer):
    start = time.monotonic()
    download(100_000_000)
    note(f"{0.8 / (time.monotonic() - start):.2f} Gbit/s")


def test_upload_of_100_mb(peer):
    start = time.monotonic()
    upload(100_000_000)
    note(f"{0.8 / (time.monotonic() - start):.2f} Gbit/s")


def test_both_ways_at_once(peer):
    echo(30_000_000)


def test_odd_sizes(peer):
    for size in 0, 1, 535, 1447, 1448, 1449, 1460, 16383, 16384, 16385, 65535, 65536, 262145:
        echo(size)
        download(size)


def test_1000_connections_at_once(peer):
    sockets = []
    try:
        for i in range(1000):
            s = socket.socket()
            s.setblocking(False)
            try:
                s.connect((STACK, 7))
            except BlockingIOError:
                pass
            sockets.append(s)
        for i, s in enumerate(sockets):
            s.settimeout(PATIENCE)
            select.select([], [s], [], PATIENCE)
            s.sendall(b"connection %d\n" % i)
        same("all open", True, ask(2004) >= 1000)
        for i, s in enumerate(sockets):
            same("echo", b"connection %d\n" % i, s.recv(100))
            s.shutdown(socket.SHUT_WR)
        for s in sockets:
            same("end", b"", s.recv(100))
    finally:
        for s in sockets:
            s.close()
    eventually("they are closed", lambda: ask(2004) < 100)
    note(f"{peer.rss()} MiB resident")


def test_downloads_at_once(peer):
    joins = [in_background(download, 2_000_000) for _ in range(20)]
    for join in joins:
        join()


def test_half_close_by_linux(peer):
    upload(1_000_000)


def test_half_close_by_the_stack(peer):
    before = ask(2006)
    with connect(2005) as s:
        same("end at once", b"", s.recv(100))
        time.sleep(0.2)
        s.sendall(pattern(1_000_000))
    eventually("all arrived", lambda: ask(2006) - before == 1_000_000)


def test_refused(peer):
    fails_with(errno.ECONNREFUSED, connect, 81)


def test_reset_by_the_stack(peer):
    with connect(2002) as s:
        s.sendall(b"x")
        fails_with(errno.ECONNRESET, s.recv, 100)


def test_reset_by_linux(peer):
    eventually("quiet", lambda: ask(2004) < 50)
    before = ask(2004)
    sockets = [connect(2000) for _ in range(50)]
    for s in sockets:
        s.sendall(b"x" * 1000)
    same("open", True, ask(2004) >= before + 50)
    for s in sockets:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
    eventually("gone", lambda: ask(2004) < before + 50)


def test_linux_closes_its_window(peer):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        s.settimeout(PATIENCE)
        s.connect((STACK, 19))
        s.sendall(b"20000000\n")
        time.sleep(3)
        same("download", pattern(20_000_000), read_all(s))


def test_the_stack_closes_its_window(peer):
    with connect(2000) as s:
        s.setblocking(False)
        sent = 0
        quiet = time.monotonic()
        while time.monotonic() - quiet < 2:
            try:
                sent += s.send(b"x" * 65536)
                quiet = time.monotonic()
            except BlockingIOError:
                time.sleep(0.05)
        same("bounded", True, sent < 20_000_000)
        same("alive", 0, s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


def serve_once(data):
    listener = socket.create_server((HOST, 0))
    listener.settimeout(PATIENCE)

    def serve():
        with listener:
            s, _ = listener.accept()
            with s:
                s.sendall(data)

    return listener.getsockname()[1], in_background(serve)


def relayed(address, port):
    with connect(2003) as s:
        s.sendall(b"%s %d\n" % (address.encode(), port))
        return read_all(s)


def test_active_open(peer):
    data = pattern(5_000_000)
    port, join = serve_once(data)
    same("relayed", data, relayed(HOST, port))
    join()


def test_active_open_refused(peer):
    same("reason", b"refused\n", relayed(HOST, 1))


def test_active_open_without_a_host(peer):
    same("reason", b"host unreachable\n", relayed("10.0.0.77", 80))


def test_active_open_without_an_answer(peer):
    with Rules("input tcp dport 4444 reject with icmp type port-unreachable"):
        same("reason", b"refused\n", relayed(HOST, 4444))


def test_connection_to_itself(peer):
    same("relayed", b"0\n", relayed(STACK, 2006)[-2:])


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(5)
    return s


def test_udp(peer):
    with udp() as s:
        s.connect((STACK, 7))
        for size in 0, 1, 1472, 1473, 9000, 65507:
            s.send(pattern(size))
            same("echo", pattern(size), s.recv(70000))


def test_udp_port_unreachable(peer):
    with udp() as s:
        s.connect((STACK, 77))
        s.send(b"anybody?")
        fails_with(errno.ECONNREFUSED, s.recv, 100)


def test_without_timestamps(peer):
    with Sysctl(tcp_timestamps=0):
        download(5_000_000)
        upload(5_000_000)


def test_without_window_scaling(peer):
    with Sysctl(tcp_window_scaling=0):
        download(5_000_000)
        upload(5_000_000)


def test_without_sack(peer):
    with Sysctl(tcp_sack=0):
        download(5_000_000)
        upload(5_000_000)


def test_small_mss(peer):
    sh("ip", "route", "change", "10.0.0.0/24", "dev", "tap0", "advmss", "400")
    try:
        download(2_000_000)
    finally:
        sh("ip", "route", "change", "10.0.0.0/24", "dev", "tap0")


def test_loss(peer):
    drop = "numgen random mod 100 < 3 drop"
    with Rules(f"input iifname tap0 ip protocol tcp {drop}", f"output oifname tap0 ip protocol tcp {drop}"):
        download(3_000_000)
        upload(3_000_000)
        echo(500_000)


def test_garbage(peer):
    """Frames of all kinds from a packet socket, and the stack goes on."""
    mac = bytes.fromhex(re.search(r"lladdr (\S+)", sh("ip", "neighbour", "show", STACK)).group(1).replace(":", ""))
    choose = random.Random(1)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("tap0", 0))
        for _ in range(20_000):
            kind = choose.choice([b"\x08\x00", b"\x08\x06", b"\x86\xdd", b"\x00\x10"])
            body = choose.randbytes(choose.randrange(200))
            if kind == b"\x08\x00" and choose.random() < 0.8:
                body = ipv4(choose, body)
            try:
                s.send((mac + b"\x02" + choose.randbytes(5) + kind + body).ljust(14, b"\0"))
            except OSError as e:
                if e.errno != errno.ENOBUFS:
                    raise
    same("alive", True, peer.alive())
    download(100_000)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(choose, body):
    """A datagram with a correct header, and often a correct TCP checksum."""
    proto = choose.choice([1, 6, 6, 6, 17, 99])
    source = socket.inet_aton(f"10.0.0.{choose.choice([1, 200])}")
    target = socket.inet_aton(STACK)
    if proto == 6 and len(body) >= 20:
        body = bytearray(body)
        body[2:4] = struct.pack("!H", choose.choice([7, 19, 80, 81]))
        body[12] = choose.choice([0x50, 0x60, 0xF0, body[12]])
        body[16:18] = b"\0\0"
        pseudo = source + target + struct.pack("!HH", 6, len(body))
        body[16:18] = struct.pack("!H", checksum(pseudo + body))
    fragment = choose.choice([0, 0, 0, 0x2000, choose.randrange(0x10000)])
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), choose.randrange(9), fragment, 64, proto, 0, source, target)
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + bytes(body)


def impatient_test_linux_vanishes(peer):
    """Connections with data under way, waiting for a window, and idle."""
    sending = connect(19)
    sending.sendall(b"1000000000\n")
    receiving = in_background(read_until_failure, sending)
    idle = connect(7)
    stuck = connect(19)
    stuck.sendall(b"100000000\n")
    time.sleep(0.5)
    same("open", 4, ask(2004))
    ports = ",".join(str(s.getsockname()[1]) for s in (sending, idle, stuck))
    with Rules(f"input tcp dport {{{ports}}} drop", f"output tcp sport {{{ports}}} drop"):
        eventually("given up", lambda: ask(2004) == 1)
    sending.shutdown(socket.SHUT_RDWR)
    receiving()
    for s in sending, idle, stuck:
        s.close()


def impatient_test_link_down(peer):
    s = connect(19)
    s.sendall(b"100000000\n")
    time.sleep(0.5)
    same("open", 2, ask(2004))
    sh("ip", "link", "set", "tap0", "down")
    s.close()
    time.sleep(1)
    sh("ip", "link", "set", "tap0", "up")
    eventually("given up", lambda: ask(2004) == 1)
    download(100_000)


def impatient_test_many_short_connections(peer):
    for _ in range(3000):
        with connect(9):
            pass
    eventually("closed", lambda: ask(2004) < 50)
    same("memory is bounded", True, peer.rss() < 200)


def six_test_ping(peer):
    sh("ping", "-6", "-c", "3", "-i", "0.2", "-W", "5", STACK6)
    sh("ping", "-6", "-c", "1", "-W", "5", "-t", "1", STACK6)


def six_test_ping_in_fragments(peer):
    for size in 1452, 1453, 4000, 65527 - 80:
        sh("ping", "-6", "-c", "2", "-i", "0.2", "-W", "5", "-s", str(size), STACK6)


def six_test_ping_flood(peer):
    out = sh("ping", "-6", "-f", "-c", "2000", "-W", "5", STACK6)
    if " 0% packet loss" not in out:
        raise AssertionError(out)


def six_test_neighbours(peer):
    sh("ip", "-6", "neighbour", "flush", "dev", "tap0")
    sh("ping", "-6", "-c", "1", "-W", "5", STACK6)
    same("neighbour", True, "lladdr" in sh("ip", "-6", "neighbour", "show", STACK6))
    link = sh("ping", "-6", "-c", "2", "-W", "3", "-I", "tap0", "ff02::1", check=False)
    same("its own address of the link is not Linux's", True, "bytes from fe80:" in link)


def six_test_curl(peer):
    same("page", "Hello, world!", sh("curl", "-6", "-sS", "--max-time", "30", f"http://[{STACK6}]/"))


def six_test_download_of_100_mb(peer):
    start = time.monotonic()
    download(100_000_000)
    note(f"{0.8 / (time.monotonic() - start):.2f} Gbit/s")


def six_test_upload_of_100_mb(peer):
    start = time.monotonic()
    upload(100_000_000)
    note(f"{0.8 / (time.monotonic() - start):.2f} Gbit/s")


def six_test_both_ways_at_once(peer):
    echo(10_000_000)


def six_test_both_versions_at_once(peer):
    destination[0] = STACK
    by_four = in_background(download, 20_000_000)
    time.sleep(0.1)
    destination[0] = STACK6
    download(20_000_000)
    by_four()


def six_test_refused(peer):
    fails_with(errno.ECONNREFUSED, connect, 81)


def six_test_reset_by_the_stack(peer):
    with connect(2002) as s:
        s.sendall(b"x")
        fails_with(errno.ECONNRESET, s.recv, 100)


def six_test_udp(peer):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.settimeout(PATIENCE)
        s.connect((STACK6, 7))
        for size in 0, 1, 1452, 1453, 9000, 65507:
            s.send(pattern(size))
            same("echo", pattern(size), s.recv(70000))
        s.connect((STACK6, 77))
        s.send(b"anybody?")
        fails_with(errno.ECONNREFUSED, s.recv, 100)


def six_test_path_mtu(peer):
    """A router behind which the link takes less: it says so, and everything arrives all the same."""
    with subprocess.Popen(["unshare", "--net", "sleep", "600"]) as far:
        try:
            inside = ["nsenter", "--net", "--target", str(far.pid)]
            eventually("the other namespace", lambda: os.readlink(f"/proc/{far.pid}/ns/net") != os.readlink("/proc/self/ns/net"))
            sh("ip", "link", "add", "near0", "type", "veth", "peer", "name", "far0", "netns", str(far.pid))
            sh("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
            sh("ip", "address", "add", "fd01::1/64", "dev", "near0", "nodad")
            sh("ip", "link", "set", "near0", "up")
            sh(*inside, "ip", "address", "add", "fd01::2/64", "dev", "far0", "nodad")
            sh(*inside, "ip", "link", "set", "far0", "up")
            sh(*inside, "ip", "route", "add", "default", "via", "fd01::1", "mtu", "1300", "advmss", "1440")
            # The far side keeps to what near0 takes, and says nothing of it.
            sh("ip", "link", "set", "near0", "mtu", "1300")
            got = sh(*inside, sys.executable, "-c", FAR, STACK6)
            same("from behind the router", "3000000 5000", got.strip())
        finally:
            far.terminate()
            sh("ip", "link", "delete", "near0", check=False)
            sh("sysctl", "-qw", "net.ipv6.conf.all.forwarding=0")


# What runs behind the router: a download, and a datagram that comes back in fragments.
FAR = """
import socket, sys, time
for _ in range(50):
    try:
        s = socket.create_connection((sys.argv[1], 19), 30)
        break
    except OSError:
        time.sleep(0.1)
s.sendall(b"3000000\\n")
total = 0
while True:
    part = s.recv(1 << 20)
    if not part:
        break
    total += len(part)
u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
u.settimeout(5)
size = 0
for _ in range(5):
    try:
        u.sendto(b"x" * 5000, (sys.argv[1], 7))
        size = len(u.recv(9000))
        break
    except socket.timeout:
        pass
print(total, size)
"""


def six_test_garbage(peer):
    """Datagrams of all kinds from a packet socket, and the stack goes on."""
    mac = bytes.fromhex(re.search(r"lladdr (\S+)", sh("ip", "-6", "neighbour", "show", STACK6)).group(1).replace(":", ""))
    choose = random.Random(1)
    source, target = (socket.inet_pton(socket.AF_INET6, text) for text in ("fd00::77", STACK6))
    groups = [socket.inet_pton(socket.AF_INET6, text) for text in ("ff02::1", "ff02::1:ff00:2")]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("tap0", 0))
        for _ in range(20_000):
            proto = choose.choice([0, 6, 17, 43, 44, 58, 58, 58, 58, 60, 99])
            to = choose.choice([target, target, *groups])
            body = bytearray(choose.randbytes(choose.randrange(4, 200)))
            if proto == 58:
                body[0] = choose.choice([1, 2, 3, 4, 128, 130, 133, 134, 135, 136, 137])
                body[1] = choose.choice([0, 0, 0, body[1]])
                body[2:4] = b"\0\0"
                pseudo = source + to + struct.pack("!II", len(body), 58)
                body[2:4] = struct.pack("!H", checksum(pseudo + bytes(body)))
            header = struct.pack("!IHBB", 0x60000000, len(body), proto, choose.choice([64, 255])) + source + to
            try:
                s.send(mac + b"\x02" + choose.randbytes(5) + b"\x86\xdd" + header + bytes(body))
            except OSError as e:
                if e.errno != errno.ENOBUFS:
                    raise
    same("alive", True, peer.alive())
    download(100_000)


def six_test_loss(peer):
    drop = "numgen random mod 100 < 3 drop"
    sh("nft", "add", "table", "ip6", "t")
    try:
        for hook in "input", "output":
            sh("nft", "add", "chain", "ip6", "t", hook, f"{{ type filter hook {hook} priority 0 ; }}")
            sh("nft", "add", "rule", "ip6", "t", hook, "meta", "l4proto", "tcp", *drop.split())
        download(3_000_000)
        upload(3_000_000)
    finally:
        sh("nft", "delete", "table", "ip6", "t")


def duplicate_address_test(program):
    """Linux has the address already."""
    peer = Peer(program, "six", STACK, "255.255.255.0", HOST, HOST6 + "/64", "fd00::3", six=True)
    try:
        peer.wait_ready()
        time.sleep(4)
        out = sh("ping", "-6", "-c", "1", "-W", "5", HOST6)
        same("only Linux answers", False, "DUP" in out)
        while select.select([peer.status], [], [], 0)[0]:
            line = peer.status.readline()
            same("not assigned", False, line.startswith("address fd00:"))
    finally:
        peer.stop()


def ask_names(address):
    """What the stack knows of name servers, by routers and by DHCPv6."""
    with connect(2007, to=address) as s:
        return set(read_all(s).decode().split())


def slaac_test(program):
    """An address of what dnsmasq advertises as a router."""
    peer = Peer(program, "slaac", STACK, "255.255.255.0", HOST, six=True)
    server = subprocess.Popen(
        ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=tap0", "--bind-dynamic",
         "--user=root", "--enable-ra", "--dhcp-range=fd00::,ra-stateless,64,600", "--ra-param=tap0,10,1200",
         "--dhcp-option=option6:dns-server,[fd00::53]", "--dhcp-option=option6:domain-search,example.org",
         "--leasefile-ro", "--pid-file="],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        peer.wait_ready()
        address = in_background(peer.wait_for_address, "fd00:")()
        sh("ping", "-6", "-c", "1", "-W", "5", address)
        same("page", "Hello, world!", sh("curl", "-6", "-sS", "--max-time", "30", f"http://[{address}]/"))
        eventually("name servers", lambda: ask_names(address) == {"fd00::53", "example.org"})
    finally:
        server.terminate()
        server.wait()
        peer.stop()


def soak_test(program, count):
    """Short connections, closed in every way; memory after a tenth of them is what there is at the end."""
    peer = Peer(program, "impatient", STACK, "255.255.255.0", HOST)
    try:
        peer.wait_ready()
        with Sysctl(tcp_tw_reuse="1", ip_local_port_range="1024 65000"):
            sizes = []
            for number in range(count):
                with connect((9, 7, 80, 19)[number % 4]) as s:
                    if number % 4 == 1:
                        s.sendall(b"x" * 100)
                    elif number % 4 == 2:
                        s.sendall(b"GET / HTTP/1.1\r\nHost: stack\r\n\r\n")
                        s.recv(1000)
                    elif number % 4 == 3:
                        s.sendall(b"1000\n")
                        read_all(s)
                    if number % 3 == 0:
                        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if number % (count // 10) == 0:
                    sizes.append(peer.rss())
        eventually("all are closed", lambda: ask(2004) <= 2)
        sizes.append(peer.rss())
        shown = " ".join(map(str, sizes))
        note(f"MiB resident after each tenth: {shown}")
        same(f"no growth in {shown}", True, sizes[-1] <= max(sizes[:6]) + 8)
        download(1_000_000)
    finally:
        peer.stop()


def dhcp_test(program):
    """A lease from dnsmasq."""
    folder = tempfile.mkdtemp()
    peer = Peer(program, "dhcp")
    server = subprocess.Popen(
        ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=tap0", "--bind-interfaces",
         "--user=root", "--dhcp-range=10.0.0.50,10.0.0.60,120", "--dhcp-option=3,10.0.0.1",
         f"--dhcp-leasefile={folder}/leases", "--pid-file="],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        join = in_background(peer.wait_ready)
        lines = join()
        address = next(line.split()[1] for line in lines if line.startswith("address "))
        same("in the range", True, 50 <= int(address.split(".")[3]) <= 60)
        sh("ping", "-c", "1", "-W", "5", address)
        same("page", "Hello, world!", sh("curl", "-sS", "--max-time", "30", f"http://{address}/"))
    finally:
        server.terminate()
        server.wait()
        peer.stop()
        shutil.rmtree(folder)


notes = []


def note(text):
    notes.append(text)


class Results:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def run(self, name, function, *args):
        notes.clear()
        self.count += 1
        title = re.sub(r"^(impatient_)?test_", "", name.replace("six_test_", "IPv6: ")).replace("_", " ")
        start = time.monotonic()
        try:
            function(*args)
        except Exception:
            self.failed += 1
            print(f"not ok {self.count} - {title}")
            for line in traceback.format_exc().splitlines():
                print("  # " + line)
        else:
            comment = ", ".join([*notes, f"{time.monotonic() - start:.1f} s"])
            print(f"ok {self.count} - {title} # {comment}", flush=True)
        sys.stdout.flush()

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)


def run_six(results, program, wanted, flags=0, suffix=""):
    tests = [(name, f) for name, f in globals().items() if name.startswith("six_test_") and wanted in name]
    if not tests:
        return
    peer = Peer(program, "six", STACK, "255.255.255.0", HOST, STACK6 + "/64", HOST6, flags=flags, six=True)
    try:
        peer.wait_ready()
        peer.wait_for_address(STACK6)
        destination[0] = STACK6
        for name, function in tests:
            results.run(name + suffix, function, peer)
        results.run("test_the_process_is_still_there", lambda: same("alive", True, peer.alive()))
    finally:
        destination[0] = STACK
        peer.stop()


def run_group(results, program, prefix, args, wanted, flags=0, suffix=""):
    tests = [(name, f) for name, f in globals().items() if name.startswith(prefix) and wanted in name]
    if not tests:
        return
    peer = Peer(program, *args, STACK, "255.255.255.0", HOST, flags=flags)
    try:
        peer.wait_ready()
        for name, function in tests:
            results.run(name + suffix, function, peer)
        results.run("test_the_process_is_still_there", lambda: same("alive", True, peer.alive()))
    finally:
        peer.stop()


def main():
    soaks = sys.argv[2:3] == ["--soak"] and len(sys.argv) == 4
    if len(sys.argv) not in (2, 3) and not soaks:
        sys.exit(__doc__)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    reason = why_not()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
    enter_namespace()
    program = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2] if len(sys.argv) == 3 else ""
    sh("ip", "link", "set", "lo", "up")
    results = Results()
    if soaks:
        results.run("soak", soak_test, program, int(sys.argv[3]))
        print("1..1")
        sys.exit(1 if results.failed else 0)
    run_group(results, program, "test_", [], wanted)
    run_group(results, program, "test_", [], wanted, IFF_VNET_HDR, " (segmented by the device)")
    run_group(results, program, "impatient_test_", ["impatient"], wanted)
    run_six(results, program, wanted)
    run_six(results, program, wanted, IFF_VNET_HDR, " (segmented by the device)")
    if wanted in "duplicate_address_test":
        results.run("IPv6: duplicate address", duplicate_address_test, program)
    if wanted in "slaac_test":
        if shutil.which("dnsmasq"):
            results.run("IPv6: SLAAC", slaac_test, program)
        else:
            results.skip("IPv6: SLAAC", "no dnsmasq")
    if wanted in "dhcp_test":
        if shutil.which("dnsmasq"):
            results.run("DHCP", dhcp_test, program)
        else:
            results.skip("DHCP", "no dnsmasq")
    print(f"1..{results.count}")
    sys.exit(1 if results.failed else 0)


if __name__ == "__main__":
    main()
