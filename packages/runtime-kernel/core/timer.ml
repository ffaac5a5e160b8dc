(* SPDX-License-Identifier: ISC *)

(* By time, and those of one time in the order of their calls. *)
module Queue = Map.Make (struct
  type t = int * int

  let compare (a, m) (b, n) = if a = b then Int.compare m n else Int.compare a b
end)

let queue : unit Lwt.u Queue.t ref = ref Queue.empty
let calls = ref 0

let sleep ns =
  let promise, resolver = Lwt.task () in
  incr calls;
  let key = (Kernel.monotonic () + ns, !calls) in
  queue := Queue.add key resolver !queue;
  Lwt.on_cancel promise (fun () -> queue := Queue.remove key !queue);
  promise

let next () =
  match Queue.min_binding_opt !queue with
  | Some ((time, _), _) -> time
  | None -> max_int

let rec fire_until now =
  match Queue.min_binding_opt !queue with
  | Some (((time, _) as key), resolver) when time <= now ->
      queue := Queue.remove key !queue;
      Lwt.wakeup_later resolver ();
      fire_until now
  | Some _ | None -> ()

let fire () = if not (Queue.is_empty !queue) then fire_until (Kernel.monotonic ())
