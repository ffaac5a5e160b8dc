(* SPDX-License-Identifier: ISC *)

let rec run promise =
  Lwt.wakeup_paused ();
  match Lwt.poll promise with
  | Some x -> x
  | None ->
      Timer.fire ();
      let busy = Source.poll_all () || Lwt.paused_count () > 0 in
      if (not busy) && Lwt.is_sleeping promise && not (Source.arm_all ()) then
        Kernel.wait (Timer.next ());
      run promise
