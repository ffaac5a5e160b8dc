#!/bin/sh
# SPDX-License-Identifier: ISC
# Takes dom0 from nothing to a host that `xl` can use; run once by busybox's init.
set -e
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/xen-4.17/bin
export PATH
trap '[ $? = 0 ] || { echo "dom0: boot failed"; poweroff -f; }' EXIT

/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts
mount -t tmpfs tmp /dev/shm
mount -t tmpfs run /run
mkdir -p /run/lock /run/xen /run/xenstored /run/xen-hotplug
# Xen's block script waits for ever for a lock without these.
ln -sf /proc/self/fd /dev/fd
ln -sf fd/0 /dev/stdin
ln -sf fd/1 /dev/stdout
ln -sf fd/2 /dev/stderr
echo 3 >/proc/sys/kernel/printk

while read -r module; do insmod "/lib/modules/$module.ko"; done </lib/modules/order
mount -t xenfs xenfs /proc/xen
grep -q control_d /proc/xen/capabilities

xenstored --pid-file /run/xenstored.pid
until xenstore-exists / 2>/dev/null; do usleep 50000; done
xen-init-dom0
xenconsoled --log=all --log-dir=/var/log/xen/console --pid-file=/run/xenconsoled.pid

hostname dom0
ip link set lo up
ip link add name xenbr0 type bridge stp_state 0 forward_delay 0
ip addr add 10.0.0.1/24 dev xenbr0
ip link set eth0 up master xenbr0
ip link set xenbr0 up
echo "dom0: ready"
