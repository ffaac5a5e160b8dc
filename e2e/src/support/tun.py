# SPDX-License-Identifier: ISC
"""tun.py PROGRAM: opens a TUN device in this network namespace, gives the host's side 10.0.0.1, and runs PROGRAM with
it as the network device `net`."""
import fcntl
import os
import struct
import subprocess
import sys

# linux/if_tun.h
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000

device = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
subprocess.run(["ip", "address", "add", "10.0.0.1/24", "dev", "tun0"], check=True)
subprocess.run(["ip", "link", "set", "tun0", "up"], check=True)
os.set_inheritable(device, True)
os.environ["MIRAGE_NETS"] = f"net={device}"
os.execv(sys.argv[1], [sys.argv[1]])
