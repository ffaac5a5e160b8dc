(* SPDX-License-Identifier: ISC *)

exception Stopped of Roster.stop

(* An operation under way. *)
type waiting = { kind : Roster.wait; interrupt : exn -> unit }

type t = {
  mutable member : Roster.member option;
  mutable shed : bool;
  mutable under_way : waiting list;  (** the latest one first; two at the most *)
}

let member t = Option.get t.member

let create roster =
  let t = { member = None; shed = false; under_way = [] } in
  let stop reason =
    if reason = Roster.Shed then t.shed <- true;
    let under_way = t.under_way in
    t.under_way <- [];
    List.iter (fun { interrupt; _ } -> interrupt (Stopped reason)) under_way
  in
  t.member <- Some (Roster.enter roster ~stop);
  t

(* What is waited for all the same, if there is a limit to it. *)
let resume t =
  match t.under_way with
  | [] -> Roster.resume (member t)
  | first :: _ ->
      let limited = List.find_opt (fun w -> w.kind <> Roster.Own) t.under_way in
      Roster.wait (member t) (Option.value limited ~default:first).kind

let start t kind operation ~ended =
  match Lwt.state operation with
  | _ when t.shed -> Lwt.fail (Stopped Shed)
  | Lwt.Return _ | Lwt.Fail _ -> operation
  | Lwt.Sleep ->
      let result, wakener = Lwt.wait () in
      let waiting = { kind; interrupt = Lwt.wakeup_later_exn wakener } in
      let finish how value =
        if Lwt.is_sleeping result then begin
          t.under_way <- List.filter (fun other -> other != waiting) t.under_way;
          ended t;
          how wakener value
        end
      in
      t.under_way <- waiting :: t.under_way;
      Roster.wait (member t) kind;
      Lwt.on_any operation (finish Lwt.wakeup) (finish Lwt.wakeup_exn);
      result

let pause t kind operation = start t kind operation ~ended:ignore
let wait t kind operation = start t kind operation ~ended:resume
