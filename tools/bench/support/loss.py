#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Fetches a file through a relay that loses and delays frames, and says how long it took.

usage: loss.py FOLDER FILE SEEDS LOSS:DELAY[,…] NAME=COMMAND…

COMMAND is a program that serves FILE at http://10.0.0.2/FILE on the device whose descriptor MIRAGE_NETS
names, started in FOLDER; or "nginx", which serves FOLDER/htdocs on Linux's stack, with the congestion
control that Linux has been told, or with that of "nginx:NAME". LOSS is in percent each
way, DELAY in milliseconds one way. Each pair of a seed and a setting is run with each program in turn.
Standard output gets one line for each: NAME LOSS DELAY SEED SECONDS, "-" for what took longer than 90.
Takes root: all of it happens in network namespaces made for it, which end with it.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

CLIENT = "10.0.0.1"
SERVER = "10.0.0.2"
PATIENCE = 90

# <linux/if_tun.h>, <sched.h>
TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
CLONE_NEWNET = 0x40000000


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def new_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    run("ip", "link", "set", "lo", "up")


def open_tap(address):
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"tap0", IFF_TAP | IFF_NO_PI))
    run("sysctl", "-qw", "net.ipv6.conf.tap0.disable_ipv6=1")
    run("ip", "address", "add", address + "/24", "dev", "tap0")
    run("ip", "link", "set", "tap0", "up")
    return tap


class Relay:
    """Carries frames between two descriptors, in a process of its own; `setting` is of the next transfer."""

    def __init__(self, ends):
        self.orders, orders = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.orders.close()
                carry(ends, orders)
            finally:
                os._exit(0)
        orders.close()

    def set(self, seed, loss, delay):
        self.orders.send(struct.pack("!Idd", seed, loss / 100, delay / 1000))
        self.orders.recv(1)

    def stop(self):
        self.orders.close()
        os.waitpid(self.pid, 0)


def carry(ends, orders):
    choices, loss, delay = [random.Random(0), random.Random(1)], 0.0, 0.0
    waiting, number = [], 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, frame = heapq.heappop(waiting)
            try:
                os.write(to, frame)
            except OSError:
                pass
        timeout = max(0, waiting[0][0] - now) if waiting else None
        readable, _, _ = select.select([*ends, orders], [], [], timeout)
        if orders in readable:
            order = orders.recv(100)
            if not order:
                return
            seed, loss, delay = struct.unpack("!Idd", order)
            choices = [random.Random(2 * seed), random.Random(2 * seed + 1)]
            orders.send(b".")
        for side, end in enumerate(ends):
            if end not in readable:
                continue
            while True:
                try:
                    frame = os.read(end, 65536)
                except OSError:
                    break
                if not frame:
                    return
                is_ip = frame[12:14] == b"\x08\x00"
                if is_ip and choices[side].random() < loss:
                    continue
                number += 1
                heapq.heappush(waiting, (time.monotonic() + delay, number, ends[1 - side], frame))


def start_program(command, folder):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in ours, theirs:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
    ours.setblocking(False)
    env = dict(os.environ, MIRAGE_NETS=f"net={theirs.fileno()}", MIRAGE_MACS="net=02:00:00:00:00:02")
    process = subprocess.Popen(
        command.split(), cwd=folder, env=env, pass_fds=[theirs.fileno()], stdout=subprocess.DEVNULL
    )
    theirs.close()
    return process, ours.detach(), lambda: None


def start_nginx(folder, congestion_control):
    """nginx in a namespace of its own, whose TAP device is handed over to us."""
    place = tempfile.mkdtemp()
    with open(f"{place}/nginx.conf", "w") as conf:
        conf.write(
            f"""user root; worker_processes 1; daemon off; pid {place}/pid; error_log /dev/null;
            events {{ worker_connections 4096; }}
            http {{ access_log off; sendfile on; tcp_nopush on;
              client_body_temp_path {place}; proxy_temp_path {place}; fastcgi_temp_path {place};
              uwsgi_temp_path {place}; scgi_temp_path {place};
              server {{ listen 80; root {os.path.abspath(folder)}/htdocs; }} }}"""
        )
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            new_namespace()
            # What one connection has met is no excuse for the next one.
            run("sysctl", "-qw", "net.ipv4.tcp_no_metrics_save=1")
            if congestion_control:
                run("sysctl", "-qw", f"net.ipv4.tcp_congestion_control={congestion_control}")
            tap = open_tap(SERVER)
            socket.send_fds(theirs, [b"."], [tap])
            os.execvp("nginx", ["nginx", "-c", f"{place}/nginx.conf"])
        finally:
            os._exit(1)
    theirs.close()
    _, [tap], _, _ = socket.recv_fds(ours, 1, 1)
    os.set_blocking(tap, False)

    class Process:
        def terminate(self):
            os.kill(pid, signal.SIGTERM)

        def wait(self):
            os.waitpid(pid, 0)

    return Process(), tap, lambda: shutil.rmtree(place)


def fetch(file, patience):
    """The seconds that a transfer takes, with its handshake; None if that is too long."""
    start = time.monotonic()
    try:
        with socket.create_connection((SERVER, 80), patience) as s:
            s.sendall(f"GET /{file} HTTP/1.1\r\nHost: {SERVER}\r\nConnection: close\r\n\r\n".encode())
            got = b""
            while b"\r\n\r\n" not in got:
                part = s.recv(65536)
                if not part:
                    raise AssertionError(f"no head, but {got!r}")
                got += part
            head, _, body = got.partition(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise AssertionError(head.decode())
            lines = head.lower().split(b"\r\n")
            length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
            left = length - len(body)
            while left > 0:
                s.settimeout(max(0.1, patience - (time.monotonic() - start)))
                part = s.recv(1 << 20)
                if not part:
                    raise AssertionError(f"{left} octets are missing")
                left -= len(part)
    except socket.timeout:
        return None
    return time.monotonic() - start


def eventually_fetch(file):
    deadline = time.monotonic() + 30
    while True:
        try:
            if fetch(file, 5) is not None:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise AssertionError("the server does not answer")
        time.sleep(0.2)


def measure(command, folder, file, settings):
    """Times with one program: each setting with each seed."""
    tap = open_tap(CLIENT)
    server, _, congestion_control = command.partition(":")
    process, end, clean = (
        start_nginx(folder, congestion_control) if server == "nginx" else start_program(command, folder)
    )
    relay = Relay([tap, end])
    try:
        relay.set(0, 0, 0)
        eventually_fetch(file)
        for loss, delay, seed in settings:
            relay.set(seed, loss, delay)
            seconds = fetch(file, PATIENCE)
            yield loss, delay, seed, seconds
            # What is still under way belongs to this transfer.
            time.sleep(2.5 * delay / 1000)
    finally:
        relay.stop()
        process.terminate()
        process.wait()
        os.close(tap)
        os.close(end)
        clean()


def main():
    folder, file, seeds, pairs, *programs = sys.argv[1:]
    pairs = [tuple(float(n) for n in pair.split(":")) for pair in pairs.split(",")]
    settings = [(loss, delay, seed + 1) for loss, delay in pairs for seed in range(int(seeds))]
    new_namespace()
    run("sysctl", "-qw", "net.ipv4.tcp_no_metrics_save=1")
    for program in programs:
        name, command = program.split("=", 1)
        for loss, delay, seed, seconds in measure(command, folder, file, settings):
            took = "-" if seconds is None else f"{seconds:.3f}"
            print(f"{name} {loss:g} {delay:g} {seed} {took}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    main()
