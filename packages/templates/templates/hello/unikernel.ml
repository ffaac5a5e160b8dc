(* SPDX-License-Identifier: ISC *)

open Lwt.Infix

(* A functor over the devices that the .conf file names, in its order. *)
module Main (Console : V1_LWT.CONSOLE) (Time : V1_LWT.TIME) = struct
  let rec greet console times =
    if times = 0 then Lwt.return_unit
    else
      Console.log_s console "hello" >>= fun () ->
      Time.sleep 0.5 >>= fun () -> greet console (times - 1)

  let start console = greet console 4
end
