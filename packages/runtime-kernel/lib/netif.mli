(* SPDX-License-Identifier: ISC *)

(** A network interface of the machine.

    [connect "net"] is the first interface; another NAME is the next one in the order
    of the calls, a number the one of that index; [MIRAGE_NETS=NAME=INDEX,…] on the
    kernel's command line overrides this. Connecting twice is the same device.

    Buffers: what {!listen} gives to its callback belongs to the callback, which may
    keep it for as long as it likes; frames that arrive together share 64 KiB of
    memory, which one kept frame keeps alive. What is passed to {!write} and
    {!writev} may be used again at once.

    {!listen} does not wait for its callback: the next frame is delivered while the
    callback still waits for something. What the callback fails with is written to
    the console, and listening goes on. {!listen} returns when the interface is
    disconnected; it fails with [Invalid_argument] while somebody else is listening. When the
    machine takes the interface away ([xl network-detach]), that is on the console, and
    nothing comes and goes until there is one again ([xl network-attach]), which takes its
    place and keeps its address. Frames that are written while the device is full wait; those
    written without a device, or after {!disconnect}, are lost. One that
    is longer than the device takes, 65,549 bytes where it takes frames in parts, fails
    with [Invalid_argument].

    A device's offers to compute checksums and to cut TCP segments are passed on to the
    stack ([Net_offload]), and ours to take in such frames to the device. *)

include
  V1_LWT.NETWORK
    with type id = string
     and type error = [ `Unknown of string | `Unimplemented | `Disconnected ]

(** [on_change t f]: from now on, [f `Gone] is called when the machine has taken the interface
    away, and [f `Back] when there is one again. *)
val on_change : t -> ([ `Gone | `Back ] -> unit) -> unit
