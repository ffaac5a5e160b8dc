import { expect, test } from "vitest";
import { parametersIn } from "./functor-type.js";

test.each([
  ["module type T =\n  sig val start : unit -> unit Lwt.t end\n", []],
  [
    `module type T =
  functor (C : V1_LWT.CONSOLE) (K : V1_LWT.KV_RO with type id = (unit * int)) ->
    sig val start : C.t -> K.t -> unit Lwt.t end`,
    [
      { name: "C", signature: "V1_LWT.CONSOLE" },
      { name: "K", signature: "V1_LWT.KV_RO with type id = (unit * int)" },
    ],
  ],
  [
    "module type T = functor (C : sig val f : (int -> int) end) -> functor () -> sig end",
    [
      { name: "C", signature: "sig val f : (int -> int) end" },
      { name: "_", signature: "sig end" },
    ],
  ],
  [
    "module type T = (C : V1_LWT.CONSOLE) (_ : V1_LWT.CLOCK) -> sig end",
    [
      { name: "C", signature: "V1_LWT.CONSOLE" },
      { name: "_", signature: "V1_LWT.CLOCK" },
    ],
  ],
])("%j", (printed, parameters) => {
  expect(parametersIn(printed)).toEqual(parameters);
});
