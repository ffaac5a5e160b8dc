import { Guest } from "../rig/guest.js";
import type { Rig } from "../rig/rig.js";

/** The address at which the guests that are measured serve. */
const address = "10.0.0.2";
const mac = "00:16:3e:00:00:02";

/** What they are started with besides their xl files. */
const changes = { vif: [`mac=${mac},bridge=xenbr0`], on_crash: "destroy" };

/** Starts a guest to be measured; its name keeps its files apart from those of others. */
export function createServer(rig: Rig, application: string, name: string): Promise<Guest> {
  return Guest.create(rig, application, { ...changes, name });
}

/** Lets dom0 know the guests' hardware address: asking for it would take steps of a second. */
export async function prepareDom0(rig: Rig): Promise<void> {
  await rig.run(`/bin/ip neigh replace ${address} lladdr ${mac} dev xenbr0 nud permanent`);
}

/** Seconds from the return of `xl create` to the first answer to ping, and then to a GET. */
export async function startTimes(rig: Rig, guest: Guest): Promise<{ ping: number; http: number }> {
  const times = await rig.run(`
    now() { read -r time rest </proc/uptime; echo "$time"; }
    ${guest.createCommand(changes)} >/dev/null
    now
    ping -i 0.02 ${address} | while read -r line; do
      case $line in *ttl=*) now; break;; esac
    done
    until timeout 5 wget -q -O /dev/null http://${address}/ 2>/dev/null; do :; done
    now`);
  await guest.xl("destroy");
  const [created = Number.NaN, ping = Number.NaN, http = Number.NaN] = times
    .trim()
    .split("\n")
    .map(Number);
  return { ping: ping - created, http: http - created };
}

/** Whether the guest serves its page, twenty times, in that much memory (MiB) and within `seconds`. */
async function serves(rig: Rig, guest: Guest, memory: number, seconds: number): Promise<boolean> {
  const created = await rig.exec(guest.createCommand({ ...changes, memory }));
  if (created.code !== 0) return false;
  const { code } = await rig.exec(`
    seconds() { cut -d . -f 1 /proc/uptime; }
    end=$(($(seconds) + ${seconds}))
    until timeout 2 wget -q -O /dev/null http://${address}/ 2>/dev/null; do
      [ $(seconds) -lt $end ] && xl domid ${guest.name} >/dev/null 2>&1 || exit 1
    done
    for i in $(seq 20); do timeout 5 wget -q -O /dev/null http://${address}/ || exit 1; done`);
  await rig.exec(`xl destroy ${guest.name}`);
  return code === 0;
}

interface Search {
  /** Too little, in MiB. */
  readonly from: number;
  /** Enough, in MiB. */
  readonly to: number;
  /** How close it is to come, in MiB. */
  readonly step: number;
  /** How long a guest may take to serve. */
  readonly seconds: number;
}

/** The least memory, in MiB, in which the guest serves; found by bisection. */
export async function leastMemory(
  rig: Rig,
  guest: Guest,
  { from, to, step, seconds }: Search,
): Promise<number> {
  let [tooLittle, enough] = [from, to];
  while (enough - tooLittle > step) {
    const middle = (tooLittle + enough) >> 1;
    if (await serves(rig, guest, middle, seconds)) enough = middle;
    else tooLittle = middle;
  }
  return enough;
}
