(* SPDX-License-Identifier: ISC *)

(* RFC 9110, section 12.4.2: up to three decimals, as thousandths. *)
let quality s =
  match String.split_on_char '.' s with
  | [ "1" ] | [ "1"; ("" | "0" | "00" | "000") ] -> Some 1000
  | [ "0" ] -> Some 0
  | [ "0"; decimals ]
    when String.length decimals <= 3 && String.for_all Grammar.is_digit decimals
    ->
      int_of_string_opt
        ("0u0" ^ decimals ^ String.make (3 - String.length decimals) '0')
  | _ -> None

(* A coding and its quality; what is malformed says nothing. *)
let preference element =
  match String.split_on_char ';' element with
  | [ coding ] -> Some (Grammar.trim coding, 1000)
  | [ coding; weight ] -> (
      match String.split_on_char '=' (Grammar.trim weight) with
      | [ ("q" | "Q"); q ] ->
          Option.map (fun q -> (Grammar.trim coding, q)) (quality q)
      | _ -> None)
  | _ -> None

let names coding name =
  Grammar.equal_token coding name
  || (coding = "gzip" && Grammar.equal_token name "x-gzip")

let best values codings =
  let preferences =
    List.concat_map (fun v -> List.filter_map preference (Grammar.elements v)) values
  in
  let find is = List.find_opt (fun (name, _) -> is name) preferences in
  let quality_of coding =
    match find (names coding) with
    | Some (_, q) -> q
    | None -> (
        match find (String.equal "*") with Some (_, q) -> q | None -> 0)
  in
  let identity =
    match find (names "identity") with Some (_, q) -> q | None -> 0
  in
  let better best coding =
    let q = quality_of coding in
    match best with
    | Some (_, other) when other >= q -> best
    | _ when q > 0 && q >= identity -> Some (coding, q)
    | _ -> best
  in
  Option.map fst (List.fold_left better None codings)
