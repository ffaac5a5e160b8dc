(* SPDX-License-Identifier: ISC *)

exception Broken

type t = {
  read : unit -> Cstruct.t option Lwt.t;
  write : Cstruct.t list -> unit Lwt.t;
  close : unit -> unit Lwt.t;
}

(* What [operation] yields, or [late] if [timeout] is over before. *)
let within timeout late operation =
  match Lwt.state operation with
  | Lwt.Return _ | Lwt.Fail _ -> operation
  | Lwt.Sleep ->
      let timer = timeout () in
      let result =
        Lwt.choose [ operation; Lwt.bind timer (fun () -> late ()) ]
      in
      Lwt.on_termination result (fun () -> Lwt.cancel timer);
      result

let with_timeout timeout t =
  {
    read = (fun () -> within timeout (fun () -> Lwt.return_none) (t.read ()));
    write =
      (fun parts -> within timeout (fun () -> Lwt.fail Broken) (t.write parts));
    close = (fun () -> within timeout (fun () -> Lwt.fail Broken) (t.close ()));
  }
