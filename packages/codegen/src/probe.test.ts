import { targets } from "@mirage/types";
import { expect, test } from "vitest";
import { probe } from "./probe.js";
import { parse } from "./testing/golden.js";

test("each device is of the type that `start` is given", () => {
  const configuration = parse(
    "main-app: A.Main (console, clock, http, https_client)\nhttp-port: 80\nhttp-address: *\n",
  );
  const target = targets.find(({ name }) => name === "unix-socket");
  if (!target) throw new Error("no target");
  expect(probe(configuration, target).args.map(({ type }) => type)).toEqual([
    "Console.t",
    undefined,
    "(Http.Server.t -> unit Lwt.t)",
    "Secure_client.ctx",
  ]);
});
