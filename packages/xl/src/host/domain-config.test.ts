import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseDomainConfigs } from "./domain-config.js";

// printed by the xl of Xen 4.17
const json = readFileSync(new URL("testdata/list-l.json", import.meta.url), "utf8");

test("a domain's configuration", () => {
  const [config] = parseDomainConfigs(json);
  expect(config).toEqual({
    id: 23,
    name: "waits",
    type: "pvh",
    uuid: "03975453-f106-4d49-af3c-44134a66e0b4",
    kernel: "/payload/guests/guest-test.elf",
    cmdline: "w",
    maxVcpus: 1,
    maxMemoryMb: 16,
    memoryMb: 16,
    nics: [
      { devid: 0, mac: "00:16:3e:00:00:02", bridge: "xenbr0", ip: "10.0.0.2", mtu: 1400 },
      { devid: 1, mac: "00:16:3e:00:00:03" },
    ],
    disks: [
      { vdev: "xvda", target: "/tmp/d.img", format: "raw", readOnly: false },
      { vdev: "xvdb", target: "/tmp/d.img", format: "raw", readOnly: true },
    ],
    raw: JSON.parse(json)[0],
  });
});

test.each(["", "{}", '[{"domid":1}]', "[1]", "(domain 1)"])("%s is not that", (text) => {
  expect(() => parseDomainConfigs(text)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_XL_OUTPUT" }),
  );
});
