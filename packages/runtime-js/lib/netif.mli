(* SPDX-License-Identifier: ISC *)

(** A network interface that the host has given to the program: a port of a virtual switch, or a
    TAP device.

    [connect NAME] takes the one that was passed to [start] under that name. Its address is the
    one that came with it; by default a random one, locally administered. Connecting twice is the
    same device.

    What {!listen} gives to its callback belongs to the callback. What is passed to {!write} and
    {!writev} may be used again once they return. {!listen} doesn't wait for its callback; what
    that fails with is written to standard error, and listening goes on. It returns when the
    interface is disconnected, and fails with [Invalid_argument] while somebody else is listening.
    Frames that the host cannot take, or that are written after {!disconnect}, are lost. *)

include
  V1_LWT.NETWORK
    with type id = string
     and type error = [ `Unknown of string | `Unimplemented | `Disconnected ]
