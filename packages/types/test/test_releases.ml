(* SPDX-License-Identifier: ISC *)

(* Programs as releases of 2014 took them, and devices of today for them. *)

open Lwt.Infix

let printed = Buffer.create 100

module Console = struct
  type 'a io = 'a Lwt.t
  type t = string
  type id = string
  type error = [ `Invalid_console of string ]

  let id t = t
  let connect id = Lwt.return (`Ok id)
  let disconnect _ = Lwt.return_unit
  let write _ text off len = Buffer.add_substring printed text off len; len
  let write_all t text off len = ignore (write t text off len); Lwt.return_unit
  let log _ line = Buffer.add_string printed (line ^ "\n")
  let log_s t line = log t line; Lwt.return_unit
end

module Entropy = struct
  type 'a io = 'a Lwt.t
  type t = unit
  type id = unit
  type error = [ `Invalid_entropy of string ]
  type buffer = Cstruct.t

  let id t = t
  let connect id = Lwt.return (`Ok id)
  let disconnect _ = Lwt.return_unit
  let entropy () n = Lwt.return (`Ok (Cstruct.create n))
end

(* What a program that implements a stack of 1.1.0 had, and no more. *)
module Of_1_1_0 (S : V1_LWT.STACKV4) = struct
  open Mirage_1_1_0

  module Stack : V1_LWT.STACKV4 = struct
    type 'a io = 'a Lwt.t
    type t = S.t
    type console = S.console
    type netif = S.netif
    type mode = S.mode
    type ('a, 'b, 'c) config = ('a, 'b, 'c) V1_LWT.stackv4_config
    type id = (console, netif, mode) config
    type error = [ `Unknown of string ]
    type ipv4addr = Ipaddr.V4.t
    type buffer = Cstruct.t

    module UDPV4 = S.UDPV4
    module TCPV4 = S.TCPV4

    let id = S.id
    let connect = S.connect
    let disconnect = S.disconnect
    let listen_udpv4 = S.listen_udpv4
    let listen_tcpv4 = S.listen_tcpv4
    let listen = S.listen
  end

  (* Today's serves as well. *)
  module Today : V1_LWT.STACKV4 = S
end

module Of_1_1_2 (S : V1_LWT.STACKV4) = struct
  module First : Mirage_1_1_1.V1_LWT.STACKV4 = S
  module Second : Mirage_1_1_2.V1_LWT.STACKV4 = S
  module Third : Mirage_1_1_3.V1_LWT.STACKV4 = Second
  module Last : Mirage_1_2.V1_LWT.STACKV4 = Third
end

(* A file system over buffers of its own. *)
module Of_1_1_3 (F : Mirage_1_1_3.V1_LWT.FS with type page_aligned_buffer = Bytes.t) =
struct
  module Fs : Mirage_1_1_3.V1_LWT.FS = F
end

module Program_1_2 (E : Mirage_1_2.V1_LWT.ENTROPY) = struct
  let start t = E.handler t (fun ~source buffer ->
      Buffer.add_string printed (Printf.sprintf "%d %d" source (Cstruct.length buffer)))
end

module Program_2_0
    (C : Mirage_2_0.V1_LWT.CONSOLE)
    (S : Mirage_2_0.V1_LWT.STACKV4) =
struct
  module T = S.TCPV4

  let serve flow =
    T.read flow >>= function
    | `Ok data -> (
        T.write flow data >>= function
        | `Ok () -> T.close flow
        | `Eof | `Error _ -> Lwt.return_unit)
    | `Eof | `Error _ -> T.close flow

  let start c s =
    S.listen_tcpv4 s ~port:7 serve;
    C.write c (Cstruct.of_string "listens") >>= fun _ -> S.listen s
end

module Compiled (S : V1_LWT.STACKV4) =
  Program_2_0
    (Devices_of_2014.Console_2_0
       (Console))
       (Devices_of_2014.Stackv4_2_0 (S))

let check what expected =
  let got = Buffer.contents printed in
  Buffer.clear printed;
  if got <> expected then begin
    Printf.eprintf "%s: %S, not %S\n" what got expected;
    exit 1
  end

let () =
  let module C = Devices_of_2014.Console_1_1 (Console) in
  C.log "console" "a line";
  ignore (C.log_s "console" "another");
  ignore (C.write "console" "raw" 0 3);
  check "1.1.0's lines" "a line\r\nanother\r\nraw";
  let module E = Program_1_2 (Devices_of_2014.Entropy_1_2 (Entropy)) in
  ignore (E.start ());
  check "1.2's entropy" "0 32";
  let module C = Devices_of_2014.Console_2_0 (Console) in
  ignore (C.writev "console" [ Cstruct.of_string "a"; Cstruct.of_string "b" ]);
  assert (Lwt.state (C.read "console") = Lwt.Return `Eof);
  check "2.0's console" "ab";
  assert (Mirage_1_1_0.Ipaddr.V4.of_string "10.0.0.256" = None)
