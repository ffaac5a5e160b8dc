(* SPDX-License-Identifier: ISC *)

type t = unit Lwt.u Queue.t

let create () = Queue.create ()
let is_empty = Queue.is_empty

let wait t =
  let promise, waiter = Lwt.task () in
  Queue.add waiter t;
  promise

let wake t =
  if not (Queue.is_empty t) then begin
    let waiting = Queue.create () in
    Queue.transfer t waiting;
    Queue.iter (fun waiter -> Lwt.wakeup waiter ()) waiting
  end
