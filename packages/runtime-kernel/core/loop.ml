(* SPDX-License-Identifier: ISC *)

(* Nanoseconds that the processor has slept. *)
let slept = ref 0

let wait deadline =
  let start = Kernel.monotonic () in
  Kernel.wait deadline;
  slept := !slept + Kernel.monotonic () - start

let () =
  let start = Kernel.monotonic () in
  Metrics.counted ~help:"Processor time that the program has taken." "process_cpu_seconds_total"
    (fun () -> float_of_int (Kernel.monotonic () - start - !slept) /. 1e9)

let rec run promise =
  Lwt.wakeup_paused ();
  match Lwt.poll promise with
  | Some x -> x
  | None ->
      Timer.fire ();
      let busy = Source.poll_all () || Lwt.paused_count () > 0 in
      if (not busy) && Lwt.is_sleeping promise && not (Source.arm_all ()) then
        wait (Timer.next ());
      run promise
