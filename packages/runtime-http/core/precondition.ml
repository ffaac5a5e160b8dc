(* SPDX-License-Identifier: ISC *)

open Cohttp

type validators = { etag : string option; modified : float option }
type verdict = Proceed | Not_modified | Failed

(* Without the mark of a weak one: RFC 9110, section 8.8.3. *)
let opaque tag =
  if String.starts_with ~prefix:"W/" tag then
    String.sub tag 2 (String.length tag - 2)
  else tag

let fields request name = Header.get_multi (Request.headers request) name

(* Whether [values] name the representation; [same] compares with its tag. *)
let matches values etag same =
  let elements = List.concat_map Grammar.elements values in
  List.mem "*" elements
  || Option.fold ~none:false ~some:(fun tag -> List.exists (same tag) elements) etag

let date request name =
  match fields request name with
  | [ value ] -> Http_date.of_string value
  | _ -> None

let modified_after validators date =
  match (validators.modified, date) with
  | Some modified, Some date -> Some (modified > date)
  | _ -> None

let is_read request =
  match Request.meth request with `GET | `HEAD -> true | _ -> false

let precondition_holds validators request =
  match fields request "if-match" with
  | [] ->
      modified_after validators (date request "if-unmodified-since") <> Some true
  | values -> matches values validators.etag String.equal

let evaluate validators request =
  if not (precondition_holds validators request) then Failed
  else
    match fields request "if-none-match" with
    | [] ->
        if
          is_read request
          && modified_after validators (date request "if-modified-since")
             = Some false
        then Not_modified
        else Proceed
    | values ->
        let same tag other = opaque other = tag in
        if not (matches values validators.etag same) then Proceed
        else if is_read request then Not_modified
        else Failed

let applies_to_range validators request =
  match fields request "if-range" with
  | [] -> true
  | [ value ] when String.contains value '"' -> Some value = validators.etag
  | [ value ] -> (
      match (Http_date.of_string value, validators.modified) with
      | Some date, Some modified -> date = modified
      | _ -> false)
  | _ -> false
