import { parseConf } from "@mirage/conf";
import { targets } from "@mirage/types";
import {
  getNumber,
  getString,
  getStrings,
  parseDisk,
  parseVif,
  parseXlConfig,
} from "@mirage/xl/config";
import { expect, test } from "vitest";
import { generate } from "./generate.js";

function xlOf(text: string) {
  const { configuration, diagnostics } = parseConf(text, "shop.conf");
  const target = targets.find(({ name }) => name === "xen");
  if (!configuration || !target) throw new Error(JSON.stringify(diagnostics));
  const file = generate(configuration, target).find(({ path }) => path === "shop.xl");
  const { config } = parseXlConfig(file?.content ?? "", "shop.xl");
  if (!config) throw new Error(`xl refuses ${file?.content}`);
  return config;
}

test("an application without devices is a domain with a kernel and memory", () => {
  const config = xlOf("main-noip: M.f");
  expect(getString(config, "name")).toBe("shop");
  expect(getString(config, "kernel")).toBe("mir-shop.xen");
  expect(getString(config, "type")).toBe("pvh");
  expect(getNumber(config, "memory")).toBeGreaterThanOrEqual(16);
  expect(getStrings(config, "vif")).toEqual([]);
});

test("interfaces come in the kernel's order, disks in that of their connection", () => {
  const config = xlOf(
    "main-app: M.Main (eth1, disk, net)\nnet-eth1: br1\nblock-disk: images/disk.img",
  );
  // The bridge of the first one is the host's to say.
  expect(getStrings(config, "vif")?.map(parseVif)).toEqual([{}, { bridge: "br1" }]);
  expect(getStrings(config, "disk")?.map(parseDisk)).toMatchObject([
    { target: "images/disk.img", vdev: "xvda", format: "raw" },
  ]);
});

test("xl-* lines are taken as they are, and replace ours", () => {
  const config = xlOf(
    "main-ip: M.f\nxl-memory: 128\nxl-vif: [ 'mac=00:16:3E:74:34:32' ]\nxl-on_crash: \"destroy\"",
  );
  expect(getNumber(config, "memory")).toBe(128);
  expect(getStrings(config, "vif")).toEqual(["mac=00:16:3E:74:34:32"]);
  expect(getString(config, "on_crash")).toBe("destroy");
});
