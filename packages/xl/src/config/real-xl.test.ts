import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { disk, vif } from "../../test/arbitraries.js";
import { openRealXl, type RealXl, realXlPath } from "../../test/real-xl.js";
import { toXlValue, xlConfig } from "./config.js";
import { parseDisk, printDisk } from "./disk.js";
import { parseXlConfig } from "./parse.js";
import { printXlConfig } from "./print.js";
import { printVif } from "./vif.js";

if (realXlPath === undefined) {
  test.skip("needs Xen's xl: MIRAGE_XL=$(test/unpack-xl.sh FOLDER)", () => {});
} else {
  compare(openRealXl(realXlPath));
}

function compare(xl: RealXl): void {
  afterAll(() => xl.close());

  const required = `name = "test"\ntype = "pvh"\nkernel = "/k"\n`;

  describe("what the parser takes and refuses, xl does too", () => {
    const pieces = [
      "a",
      "=",
      "+=",
      "x_1.y",
      "B",
      "1",
      "0x1f",
      "'s'",
      '"t"',
      "'\\n'",
      "'\\z'",
      "'\\\\'",
      "'",
      '"',
      "[",
      "]",
      ",",
      ";",
      "\n",
      " ",
      "\t",
      "# c\n",
      "\r",
      "\\",
      "(",
      "-1",
      "a = 1\n",
      "b = [ 1, 'x' ]\n",
    ];
    test("pieces in any order", () => {
      fc.assert(
        fc.property(
          fc
            .array(fc.constantFrom(...pieces), { maxLength: 8 })
            .map((parts) => `${parts.join("")}\n`),
          (text) => {
            const ours = parseXlConfig(required + text, "t.xl");
            expect({ text, accepted: ours.config !== undefined }).toEqual({
              text,
              accepted: !xl.dryRun(required + text).output.includes("config parsing error"),
            });
          },
        ),
        { numRuns: 200 },
      );
    });
  });

  test("a comment that ends the file without a line end is refused", () => {
    expect(xl.dryRun(`${required}# c`).output).toContain("lexical error");
  });

  test("strings mean to xl what they mean here", () => {
    const text = fc
      .string({ unit: "binary" })
      .map((value) => value.replace(/[\0\ufffd\p{Surrogate}]/gu, "'"));
    fc.assert(
      fc.property(text, (cmdline) => {
        const config = printXlConfig(
          xlConfig({ name: "test", type: "pvh", kernel: "/k", cmdline }),
        );
        expect(xl.dryRun(config).config.b_info.cmdline).toBe(cmdline);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ["memory = 0x20", 32],
    ["memory = 040", 32],
    ["memory = 40", 40],
    ["memory = '0x20'", 32],
  ])("%s", (line, megabytes) => {
    expect(xl.dryRun(`${required}${line}\n`).config.b_info.max_memkb).toBe(megabytes * 1024);
  });

  test("a whole configuration", () => {
    const { config } = xl.dryRun(
      printXlConfig(
        xlConfig({
          name: "www",
          type: "pvh",
          kernel: "/srv/mir-www.xen",
          memory: 32,
          vcpus: 2,
          on_crash: "preserve",
          on_reboot: "destroy",
          vif: ["mac=00:16:3e:00:00:02,bridge=xenbr0", "mac=00:16:3e:00:00:03,mtu=1400"],
          disk: ["format=raw,vdev=xvda,access=ro,target=/srv/a b,c.img"],
          nomigrate: true,
        }),
      ),
    );
    expect(config).toMatchObject({
      c_info: { name: "www", type: "pvh" },
      b_info: { kernel: "/srv/mir-www.xen", max_memkb: 32768, max_vcpus: 2 },
      disks: [{ pdev_path: "/srv/a b,c.img", vdev: "xvda", format: "raw" }],
      nics: [{ mac: "00:16:3e:00:00:02", bridge: "xenbr0" }, { mtu: 1400 }],
      on_crash: "preserve",
    });
  });

  test("network interfaces mean to xl what they mean here", () => {
    fc.assert(
      fc.property(vif, (value) => {
        const text = printXlConfig(xlConfig({ name: "test", type: "hvm", vif: [printVif(value)] }));
        const { config, output } = xl.dryRun(text);
        expect(output).not.toMatch(/unrecognized|Invalid|error/);
        const { mac, bridge, ip, type, model, vifname, script, backend, gatewaydev } = value;
        const { rate, devid, mtu, trusted } = value;
        expect(config.nics[0]).toMatchObject(
          defined({
            mac,
            bridge,
            ip,
            nictype: type && { vif: "vif", ioemu: "vif_ioemu" }[type],
            model,
            ifname: vifname,
            script: script?.startsWith("/") ? script : undefined,
            backend_domname: backend,
            gatewaydev,
            rate_interval_usecs: rate?.intervalMicroseconds,
            devid,
            mtu: mtu === 0 ? undefined : mtu,
            trusted: trusted === undefined ? undefined : trusted ? "True" : "False",
          }),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("disks mean to xl what they mean here", () => {
    fc.assert(
      // the scanner of Xen 4.17 lacks `trusted`, which its manual page has
      fc.property(disk, ({ trusted: _, ...value }) => {
        const text = printXlConfig(
          xlConfig({ name: "test", type: "hvm", disk: [printDisk(value)] }),
        );
        const { config, output } = xl.dryRun(text);
        expect(output).not.toContain("error");
        const { vdev, target, format, cdrom, access, backend, backendtype, script } = value;
        const { directIoSafe, discard, specification } = value;
        expect(config.disks[0]).toMatchObject(
          defined({
            vdev,
            pdev_path: target,
            format: format ?? "raw",
            removable: cdrom ? 1 : undefined,
            is_cdrom: cdrom ? 1 : undefined,
            readwrite: cdrom || access === "ro" ? undefined : 1,
            backend_domname: backend,
            backend: backendtype,
            script,
            direct_io_safe: directIoSafe,
            discard_enable: discard === undefined ? undefined : discard ? "True" : "False",
            specification,
          }),
        );
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    "/dev/vg/guest-volume,,hda",
    "/dev/vg/guest-volume,raw,hda,rw",
    "raw:/dev/vg/guest-volume,hda,w",
    "/root/image.iso,,hdc,cdrom",
    "/root/image.iso,,hdc,,cdrom",
    "raw:/root/image.iso,hdc:cdrom,ro",
    ",hdc:cdrom,r",
    "tap:aio:/a,xvda,r",
    "nbd:host:1234,xvda",
    "/a",
    "/a,bla,xvda",
    "/a,raw,xvda,x",
    "/a,raw,xvda,r,more",
    "/a,raw,xvda,vdev=xvdb",
    "/a=b,raw,xvda",
    "bla:/a,xvda",
    "/a,,hdc:floppy",
  ])("the disk %s, and as it is printed", (text) => {
    const configOf = (spec: string) =>
      xl.dryRun(printXlConfig(xlConfig({ name: "test", type: "hvm", disk: [spec] })));
    const theirs = configOf(text);
    let ours: string | undefined;
    try {
      ours = printDisk(parseDisk(text));
    } catch {
      expect(theirs.accepted).toBe(false);
      return;
    }
    const [theirDisk] = theirs.config.disks;
    if (theirDisk.pdev_path === "") delete theirDisk.pdev_path;
    expect(configOf(ours).config.disks).toEqual([theirDisk]);
  });

  test("numbers without a literal go as text", () => {
    const config = printXlConfig({
      entries: [
        ...xlConfig({ name: "test", type: "hvm" }).entries,
        { key: "rtc_timeoffset", value: toXlValue(-3600) },
      ],
    });
    expect(xl.dryRun(config).config.b_info.rtc_timeoffset | 0).toBe(-3600);
  });
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
