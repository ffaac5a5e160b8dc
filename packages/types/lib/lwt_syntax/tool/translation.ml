(* SPDX-License-Identifier: ISC *)

(* What has begun and not ended, innermost first. Only what says where an operand of
   [>>] ends has to be known. *)
type open_ =
  | Bracket of string  (** what to write for its [done], if it is a loop's *)
  | Binding of { is_lwt : bool }  (** [let], up to [in] *)
  | Body of string  (** reaches as far as it can; what to write behind it *)
  | Condition  (** [if], up to [then] *)
  | Branch  (** [then], up to [else] *)
  | Matched of matched  (** up to [with] *)
  | Cases of matched
  | Loop of loop  (** up to [do] *)
  | Operand  (** the right side of [>>] *)

and matched = Plain | Match_lwt | Try_lwt of { start : int; with_ : int option }

and loop = While | While_lwt | For | For_lwt of { start : int; pattern : string }

let new_words =
  [ "lwt"; "match_lwt"; "try_lwt"; "for_lwt"; "while_lwt"; "raise_lwt" ]

let prefix = "Mirage_lwt_syntax."

(* Whether an expression can end with it; a [let] behind it begins a definition. *)
let ends_expression (token : Token.t) =
  match (token.kind, token.text) with
  | Value, _ -> true
  | Symbol, (")" | "]" | "}" | "|]" | ">}" | ">]") -> true
  | Symbol, _ -> false
  | ( Word,
      ( "let" | "lwt" | "in" | "and" | "rec" | "if" | "then" | "else" | "match"
      | "match_lwt" | "with" | "when" | "function" | "fun" | "try" | "try_lwt"
      | "finally" | "do" | "to" | "downto" | "while" | "while_lwt" | "for"
      | "for_lwt" | "begin" | "struct" | "sig" | "object" | "of" | "as" | "open"
      | "module" | "type" | "raise_lwt" | "lazy" | "assert" | "new" | "or" | "mod"
      | "land" | "lor" | "lxor" | "lsl" | "lsr" | "asr" | "mutable" | "private"
      | "virtual" | "include" | "exception" | "external" | "val" | "method"
      | "constraint" | "functor" ) ) -> false
  | Word, _ -> true

let translate (tokens : Token.t array) trailing =
  let count = Array.length tokens in
  let text i = if i >= 0 && i < count then tokens.(i).text else "" in
  let kind i = if i >= 0 && i < count then tokens.(i).kind else Token.Symbol in
  let spaces = Array.map (fun (token : Token.t) -> token.space) tokens in
  let written = Array.map (fun (token : Token.t) -> token.text) tokens in
  let behind = Array.make (count + 1) "" in
  let stack = ref [] in
  let push entry = stack := entry :: !stack in
  (* What is closed by the token at [i] ends behind the one before. *)
  let close i entry =
    let add end_ = if i > 0 then behind.(i - 1) <- behind.(i - 1) ^ end_ in
    match entry with
    | Operand -> add ")"
    | Body end_ -> add end_
    | Bracket _ | Binding _ | Condition | Branch | Matched _ | Cases _ | Loop _ -> ()
  in
  (* Whether an entry that fits is open within the innermost bracket. *)
  let is_open fits =
    let rec look entries =
      match entries with
      | entry :: rest -> fits entry || (match entry with Bracket _ -> false | _ -> look rest)
      | [] -> false
    in
    look !stack
  in
  let rec close_to i fits =
    match !stack with
    | entry :: rest when not (fits entry) ->
      close i entry;
      stack := rest;
      close_to i fits
    | _ -> ()
  in
  (* Ends what is open within an entry that fits, if there is one, and goes on with it. *)
  let reach i fits go_on =
    if is_open fits then begin
      close_to i fits;
      match !stack with entry :: _ -> go_on entry | [] -> ()
    end
  in
  let replace entry = match !stack with _ :: rest -> stack := entry :: rest | [] -> () in
  let is_bracket entry = match entry with Bracket _ -> true | _ -> false in
  let is_binding entry = match entry with Binding _ -> true | _ -> false in
  let is_loop entry = match entry with Loop _ -> true | _ -> false in
  let is_cases entry = match entry with Cases _ -> true | _ -> false in
  let begin_definition i =
    if i > 0 && ends_expression tokens.(i - 1) then close_to i is_bracket
  in
  let bracket_end i =
    close_to i is_bracket;
    match !stack with
    | _ :: rest -> stack := rest
    | [] -> ()
  in
  let with_ i =
    let fits entry = match entry with Matched _ -> true | _ -> false in
    reach i fits (fun entry ->
        match entry with
        | Matched Match_lwt ->
          written.(i) <- "in match mirage_lwt with";
          replace (Cases Match_lwt)
        | Matched (Try_lwt { start; _ }) ->
          written.(start) <- "let*! mirage_lwt = fun () ->";
          written.(i) <- "in try raise mirage_lwt with";
          replace (Cases (Try_lwt { start; with_ = Some i }))
        | _ -> replace (Cases Plain))
  in
  let finally i =
    let fits entry =
      match entry with Matched (Try_lwt _) | Cases (Try_lwt _) -> true | _ -> false
    in
    reach i fits (fun entry ->
        match entry with
        | Matched (Try_lwt { start; with_ }) | Cases (Try_lwt { start; with_ }) ->
          written.(start) <- prefix ^ "finally (fun () ->";
          (match with_ with
           | Some with_ ->
             written.(with_) <- ") (fun mirage_lwt -> try raise mirage_lwt with";
             written.(i) <- ") (fun () ->"
           | None -> written.(i) <- ") " ^ prefix ^ "fail (fun () ->");
          replace (Body ")")
        | _ -> ())
  in
  (* The tokens from [first] on up to the one that is [last], which are left out. *)
  let take first last =
    let buffer = Buffer.create 16 in
    let rec go i =
      if i >= count || text i = last then i
      else begin
        Buffer.add_string buffer (if i = first then "" else spaces.(i));
        Buffer.add_string buffer (text i);
        written.(i) <- "";
        go (i + 1)
      end
    in
    let stop = go first in
    if stop < count then written.(stop) <- "";
    (Buffer.contents buffer, stop)
  in
  let rec word i =
    match text i with
    | "lwt" ->
      written.(i) <- "let*";
      push (Binding { is_lwt = true })
    | "let" ->
      begin_definition i;
      push (Binding { is_lwt = false })
    | "and" ->
      reach i is_binding (fun entry ->
          if entry = Binding { is_lwt = true } then written.(i) <- "and*")
    | "in" -> reach i is_binding (fun _ -> replace (Body ""))
    | "if" -> push Condition
    | "then" ->
      reach i (fun entry -> entry = Condition) (fun _ -> replace Branch)
    | "else" ->
      reach i (fun entry -> entry = Branch) (fun _ -> stack := List.tl !stack)
    | "fun" -> push (Body "")
    | "function" -> push (Cases Plain)
    | "match" | "try" -> push (Matched Plain)
    | "match_lwt" ->
      written.(i) <- "let* mirage_lwt =";
      push (Matched Match_lwt)
    | "try_lwt" ->
      (* Until there is a [with] or a [finally]. *)
      written.(i) <- prefix ^ "attempt @@ fun () ->";
      push (Matched (Try_lwt { start = i; with_ = None }))
    | "with" -> with_ i
    | "finally" -> finally i
    | "raise_lwt" -> written.(i) <- prefix ^ "fail"
    | "while" -> push (Loop While)
    | "for" -> push (Loop For)
    | "while_lwt" ->
      written.(i) <- "(" ^ prefix ^ "loop (fun () -> (";
      push (Loop While_lwt)
    | "for_lwt" -> for_lwt i
    | "to" | "downto" ->
      reach i is_loop (fun entry ->
          match entry with
          | Loop (For_lwt { start; _ }) ->
            let up = if text i = "to" then "up" else "down" in
            written.(start) <- "(" ^ prefix ^ up ^ " (";
            written.(i) <- ") ("
          | _ -> ())
    | "do" ->
      reach i is_loop (fun entry ->
          match entry with
          | Loop While_lwt ->
            written.(i) <- ")) (fun () -> (";
            replace (Bracket ")))")
          | Loop (For_lwt { pattern; _ }) ->
            written.(i) <- ") (fun " ^ pattern ^ " -> (";
            replace (Bracket ")))")
          | _ -> replace (Bracket "done"))
    | "done" -> (
        close_to i is_bracket;
        match !stack with
        | Bracket end_ :: rest ->
          stack := rest;
          written.(i) <- end_
        | _ -> ())
    | "begin" | "struct" | "sig" | "object" -> push (Bracket "")
    | "end" -> bracket_end i
    | "open" | "module" | "type" | "exception" | "include" | "class" | "external"
    | "val" | "method" | "inherit" | "initializer" -> begin_definition i
    | _ -> ()
  and for_lwt i =
    let rec is_range j =
      match text j with
      | "in" -> false
      | "=" | "" -> true
      | _ -> is_range (j + 1)
    in
    let range = is_range (i + 1) in
    let pattern, _ = take (i + 1) (if range then "=" else "in") in
    let pattern = if range then pattern else "(" ^ pattern ^ ")" in
    written.(i) <- "(" ^ prefix ^ (if range then "up" else "each") ^ " (";
    push (Loop (For_lwt { start = i; pattern }))
  in
  let is_operand entry = entry = Operand in
  let symbol i =
    match text i with
    | "(" | "[" | "{" | "[|" | "{<" | "[<" | "[>" | "{|" -> push (Bracket "")
    | ")" | "]" | "}" | "|]" | ">}" | ">]" -> bracket_end i
    | ";" -> close_to i (fun entry -> not (is_operand entry || entry = Branch))
    | "," | ":=" | "<-" | "->" -> close_to i (fun entry -> not (is_operand entry))
    | "|" -> reach i is_cases ignore
    | ";;" -> close_to i is_bracket
    | ">>" when not (text (i - 1) = "(" && text (i + 1) = ")") ->
      close_to i (fun entry -> not (is_operand entry));
      written.(i) <- ">>* (fun _ ->";
      push Operand
    | _ -> ()
  in
  let rec all i =
    if i < count then begin
      (* What was left out with its pattern has no meaning of its own. *)
      if written.(i) <> "" then begin
        match kind i with
        | Token.Word -> if text (i - 1) <> "~" && text (i - 1) <> "?" then word i
        | Token.Symbol -> symbol i
        | Token.Value -> ()
      end;
      all (i + 1)
    end
  in
  all 0;
  List.iter (close count) !stack;
  let buffer = Buffer.create (64 * count) in
  Array.iteri
    (fun i written ->
       Buffer.add_string buffer spaces.(i);
       Buffer.add_string buffer written;
       Buffer.add_string buffer behind.(i))
    written;
  Buffer.add_string buffer trailing;
  Buffer.contents buffer

(* An operator that the program defines itself is not the extension's. *)
let rec defines_then (tokens : Token.t list) =
  match tokens with
  | { text = "("; _ } :: { text = ">>"; _ } :: { text = ")"; _ } :: _ -> true
  | _ :: rest -> defines_then rest
  | [] -> false

let of_source ~file source =
  let tokens, trailing = Token.read source in
  let is_new (token : Token.t) =
    match token.kind with
    | Word -> List.mem token.text new_words
    | Symbol -> token.text = ">>"
    | Value -> false
  in
  if (not (List.exists is_new tokens)) || defines_then tokens then source
  else
    Printf.sprintf "open Mirage_lwt_syntax\n# 1 %S\n%s" file
      (translate (Array.of_list tokens) trailing)
