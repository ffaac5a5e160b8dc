(* SPDX-License-Identifier: ISC *)

(** A network interface over a TAP device that the parent process has opened and
    handed over.

    [connect NAME] takes the descriptor that the environment variable
    [MIRAGE_NETS] has for NAME, as in [net=3,eth1=4]: a TAP device with IFF_TAP
    and IFF_NO_PI, or any socket that keeps packet boundaries. If the device has
    IFF_VNET_HDR too, it is offered to the stack to compute checksums and to cut TCP
    segments ([Net_offload]). [MIRAGE_MACS]
    ([net=02:00:00:00:00:01]) gives the interface its address; by default it is
    locally administered and derived from NAME and the process id. Connecting
    twice is the same device.

    Buffers: what {!listen} gives to its callback belongs to the callback, which
    may keep it for as long as it likes; frames that arrive together share
    256 KiB of memory, which one kept frame keeps alive. What is passed to
    {!write} and {!writev} may be used again once they return.

    {!listen} does not wait for its callback: the next frame is delivered while
    the callback still waits for something. What the callback fails with is
    written to standard error, and listening goes on. {!listen} returns when the
    interface is disconnected, or its device is gone; it fails with
    [Invalid_argument] while somebody else is listening. Frames that are written
    while the device is full wait; those written while it is down, or after
    {!disconnect}, are lost. *)

include
  V1_LWT.NETWORK
    with type id = string
     and type error = [ `Unknown of string | `Unimplemented | `Disconnected ]
