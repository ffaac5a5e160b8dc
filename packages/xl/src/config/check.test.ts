import { expect, test } from "vitest";
import { checkXlConfig } from "./check.js";
import { xlConfig } from "./config.js";
import { xlKeys } from "./keys.js";
import { parseXlConfig } from "./parse.js";

/** `severity line:column message (hint)` of what is wrong with a file. */
function check(text: string): string[] {
  const { config, diagnostics } = parseXlConfig(text, "t.xl");
  expect(diagnostics).toEqual([]);
  return checkXlConfig(config ?? { entries: [] }).map(
    ({ severity, span, message, hint }) =>
      `${severity} ${span?.start.line}:${span?.start.column} ${message} (${hint})`,
  );
}

test("nothing is wrong with an ordinary file", () => {
  const file = `name = "www"
type = "pvh"
memory = "0x20"
vcpus = 1
cpus = 3
pae = 1
viridian = 1
serial = [ "pty" ]
vif = [ 'mac=00:16:3e:00:00:02,vlan=3', "" ]
disk = [ 'phy:/dev/vg/www,xvda,w' ]
on_crash = "preserve"
cmdline = "a"
cmdline += 1
`;
  expect(check(file)).toEqual([]);
});

test.each([
  [
    "memroy = 32",
    "warning 2:1 xl does not know the key `memroy`, and ignores it (did you mean `memory`?)",
  ],
  [
    "flavour = 'sweet'",
    "warning 2:1 xl does not know the key `flavour`, and ignores it (xl.cfg(5) lists the keys)",
  ],
  [
    "name = 'b'",
    "warning 2:1 `name` is set already on line 1, and only the last one counts (remove one of them, or append with `+=`)",
  ],
  ["builder = 'hvm'", "warning 2:1 `builder` is out of date (use `type`)"],
  ["memory = 'much'", "error 2:10 `memory` is a number (write `memory = 1`)"],
  ["memory = '09'", "error 2:10 `memory` is a number (write `memory = 1`)"],
  ["memory = [ 32 ]", "error 2:10 `memory` is a number (write `memory = 1`)"],
  ["memory += 32", "error 2:11 nothing can be appended to `memory` (write `memory = 1`)"],
  ["pae = 'true'", "error 2:7 `pae` is 1 or 0 (write `pae = 1`)"],
  ["kernel = [ 'a' ]", 'error 2:10 `kernel` is text (write `kernel = "text"`)'],
  ["vif = ''", 'error 2:7 `vif` is a list (write `vif = [ "first", "second" ]`)'],
  ["type = 'pvm'", "error 2:8 `type` cannot be `pvm` (did you mean `pv`?)"],
  [
    "on_crash = 'explode'",
    "error 2:12 `on_crash` cannot be `explode` (write one of destroy, restart, rename-restart, preserve, coredump-destroy, coredump-restart, soft-reset)",
  ],
  ["vif = [ '', 1 ]", "error 2:13 `vif` is a list of strings (put each in quotes)"],
  [
    "vif = [ '', 'mac=1' ]",
    "error 2:13 `1` is not a MAC address (write six bytes, such as 00:16:3e:00:00:02; the first one is even)",
  ],
  [
    "vif = [ 'brigde=br0' ]",
    "warning 2:9 xl does not know the parameter `brigde` of a network interface (did you mean `bridge`?)",
  ],
  [
    "vif = [ 'mac=00:16:3e:00:00:0a', 'mac=00:16:3E:00:00:0A' ]",
    "error 2:34 two interfaces have the MAC address 00:16:3E:00:00:0A (give each one of its own)",
  ],
  [
    "vif = [ 'bridge=' ]",
    "error 2:9 `bridge` is empty (name one, or leave `bridge=` out: xl takes xenbr0 then)",
  ],
  [
    "vif = [ 'vifname=sixteen-letters-' ]",
    "error 2:9 `sixteen-letters-` cannot name an interface (take 1 to 15 characters without spaces, `/` and `:`)",
  ],
  [
    "disk = [ '/a,raw,xvda', '/b,raw,xvda' ]",
    "error 2:25 two disks are `xvda` of the guest (give each a device of its own)",
  ],
  [
    "disk = [\n '/a,raw,xvda',\n '/b,ram,xvdb' ]",
    "error 4:2 `format` cannot be `ram` (write one of raw, qcow, qcow2, vhd, qed)",
  ],
])("%s", (line, expected) => {
  expect(check(`name = 'a'\n${line}\n`)).toEqual([expected]);
});

test("a domain needs a name", () => {
  const expected = [expect.objectContaining({ code: "ERR_MIRAGE_XL_NO_NAME" })];
  expect(checkXlConfig(xlConfig({}))).toEqual(expected);
  expect(checkXlConfig(xlConfig({ name: "" }))).toEqual(expected);
});

test("no key is listed twice", () => {
  const names = [...xlKeys.values()].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("vif");
});
