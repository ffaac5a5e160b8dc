import { expect, test } from "vitest";
import { placesOf } from "./places.js";

const users = new Map([
  [0, { name: "root", home: "/root" }],
  [1000, { name: "ann", home: "/home/ann" }],
]);
const lookUp = (uid: number) => users.get(uid);

const ann = { folder: "/home/ann/.local/state/mirage/instances", user: "ann" };
const root = { folder: "/run/mirage/instances", user: "root" };

test("with and without sudo, the same instances are seen", () => {
  const asUser = placesOf({ uid: 1000, env: { HOME: "/home/ann" }, lookUp });
  const withSudo = placesOf({ uid: 0, env: { HOME: "/root", SUDO_UID: "1000" }, lookUp });
  expect(asUser).toEqual([ann, root]);
  expect(withSudo).toEqual([root, ann]);
});

test("XDG_STATE_HOME moves the user's instances, also if sudo lets it through", () => {
  const env = { XDG_STATE_HOME: "/data/state" };
  const moved = { folder: "/data/state/mirage/instances", user: "ann" };
  expect(placesOf({ uid: 1000, env, lookUp })).toEqual([moved, root]);
  expect(placesOf({ uid: 0, env: { ...env, SUDO_UID: "1000" }, lookUp })).toEqual([root, moved]);
});

test("a relative XDG_STATE_HOME is invalid and ignored, as its specification says", () => {
  expect(placesOf({ uid: 1000, env: { XDG_STATE_HOME: "state" }, lookUp })).toEqual([ann, root]);
});

test("root by itself has its place below /run, or where XDG_STATE_HOME says", () => {
  expect(placesOf({ uid: 0, env: { SUDO_UID: "0" }, lookUp })).toEqual([root]);
  expect(placesOf({ uid: 0, env: { XDG_STATE_HOME: "/x" }, lookUp })).toEqual([
    { folder: "/x/mirage/instances", user: "root" },
    root,
  ]);
});

test("a user without an entry has a number for a name", () => {
  expect(placesOf({ uid: 7, env: { HOME: "/h" }, lookUp })[0]).toEqual({
    folder: "/h/.local/state/mirage/instances",
    user: "7",
  });
});
