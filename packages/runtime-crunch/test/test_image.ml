(* SPDX-License-Identifier: ISC *)

(* The image that the layout describes, in memory. *)
let build entries =
  let lengths = List.map (fun (key, value) -> (key, String.length value)) entries in
  let { Crunch_image.head; offsets; length } =
    Crunch_image.layout (Array.of_list lengths)
  in
  let image = Cstruct.create length in
  Cstruct.blit_from_string head 0 image 0 (String.length head);
  List.iteri
    (fun i (_, value) ->
      Cstruct.blit_from_string value 0 image offsets.(i) (String.length value))
    entries;
  Cstruct.to_bigarray image

let find image key = Option.map Cstruct.to_string (Crunch_image.find image key)

let entries =
  let open QCheck2.Gen in
  let key = string_size ~gen:char (int_range 1 6) in
  let value =
    oneof [ string_size (int_range 0 40); string_size (int_range 4090 9000) ]
  in
  map
    (List.sort_uniq (fun (a, _) (b, _) -> String.compare a b))
    (list_size (int_range 0 20) (pair key value))

let found =
  QCheck2.Test.make ~name:"every value is found, and no other" ~count:200
    QCheck2.Gen.(pair entries (string_size (int_range 0 3)))
    (fun (entries, other) ->
      let image = Crunch_image.of_buffer (build entries) in
      Crunch_image.keys image = List.map fst entries
      && List.for_all (fun (key, value) -> find image key = Some value) entries
      && find image other = List.assoc_opt other entries)

let aligned =
  QCheck2.Test.make ~name:"values lie on pages or within one" ~count:200 entries
    (fun entries ->
      let lengths = List.map (fun (k, v) -> (k, String.length v)) entries in
      let layout = Crunch_image.layout (Array.of_list lengths) in
      let free = ref (String.length layout.head) in
      List.mapi (fun i (_, length) -> (layout.offsets.(i), length)) lengths
      |> List.for_all (fun (offset, length) ->
             let apart = offset >= !free in
             free := offset + length;
             apart
             &&
             if length >= 4096 then offset mod 4096 = 0
             else (offset mod 4096) + length <= 4096))

let refuses what f =
  match f () with
  | exception Invalid_argument _ -> ()
  | _ -> Alcotest.fail what

let wrong_order () =
  refuses "unordered keys" (fun () -> Crunch_image.layout [| ("b", 1); ("a", 1) |]);
  refuses "equal keys" (fun () -> Crunch_image.layout [| ("a", 1); ("a", 1) |])

let no_image () =
  let buffer text = Cstruct.to_bigarray (Cstruct.of_string text) in
  let whole = Cstruct.to_string (Cstruct.of_bigarray (build [ ("a", "") ])) in
  List.iter
    (fun text ->
      refuses "no image" (fun () -> Crunch_image.of_buffer (buffer text)))
    [ ""; String.make 16 'x'; String.sub whole 0 20 ]

let property (QCheck2.Test.Test cell as test) =
  Alcotest.test_case (QCheck2.Test.get_name cell) `Quick (fun () ->
      QCheck2.Test.check_exn test)

let suite =
  [
    property found;
    property aligned;
    Alcotest.test_case "keys must increase" `Quick wrong_order;
    Alcotest.test_case "what is no image is refused" `Quick no_image;
  ]
