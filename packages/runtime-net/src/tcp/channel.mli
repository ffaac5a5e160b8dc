(* SPDX-License-Identifier: ISC *)

(** Buffered reading and writing on a TCP connection.

    Reading fails with [End_of_file] at the end of the stream, and with {!Failed}
    when the connection is lost. The last line may lack its end: [read_line]
    fails only if there is nothing left at all. [read_until t c] scans what has
    arrived; without a [c] in it, the caller calls again for more.

    [flush] hands all that was written to the connection in one [writev], so that
    header and body of a reply travel together. *)

(** The connection was lost, with the reason in words. *)
exception Failed of string

module Make (T : V1_LWT.TCPV4) : V1_LWT.CHANNEL with type flow = T.flow
