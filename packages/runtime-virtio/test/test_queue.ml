(* SPDX-License-Identifier: ISC *)

open Mirage_runtime_virtio_queue

(* {2 A device, by the specification: sections 2.7.5 to 2.7.10} *)

module Model = struct
  type t = {
    memory : Cstruct.t;
    size : int;
    event_index : bool;
    mutable seen : int;
    mutable used : int;
  }

  let create memory size ~event_index = { memory; size; event_index; seen = 0; used = 0 }
  let get16 t at = Cstruct.LE.get_uint16 t.memory at
  let get32 t at = Int32.to_int (Cstruct.LE.get_uint32 t.memory at) land 0xffff_ffff
  let driver_area t = 16 * t.size
  let device_area t = ((16 * t.size) + 6 + (2 * t.size) + 3) land -4

  let rec chain t i =
    let at = 16 * i in
    let flags = get16 t (at + 12) in
    let part =
      {
        Virtqueue.address = get32 t at lor (get32 t (at + 4) lsl 32);
        length = get32 t (at + 8);
        writable = flags land 2 <> 0;
      }
    in
    part :: (if flags land 1 <> 0 then chain t (get16 t (at + 14)) else [])

  (* The next chain that the driver shows, if there is one. *)
  let next t =
    if get16 t (driver_area t + 2) = t.seen then None
    else begin
      let i = get16 t (driver_area t + 4 + (2 * (t.seen land (t.size - 1)))) in
      t.seen <- (t.seen + 1) land 0xffff;
      (* It wants to hear of the next one. *)
      if t.event_index then
        Cstruct.LE.set_uint16 t.memory (device_area t + 4 + (8 * t.size)) t.seen;
      Some (i, chain t i)
    end

  let put t ~chain ~length =
    let at = device_area t + 4 + (8 * (t.used land (t.size - 1))) in
    Cstruct.LE.set_uint32 t.memory at (Int32.of_int chain);
    Cstruct.LE.set_uint32 t.memory (at + 4) (Int32.of_int length);
    t.used <- (t.used + 1) land 0xffff;
    Cstruct.LE.set_uint16 t.memory (device_area t + 2) t.used
end

let base = 0x1_2345_6000

let pair ?(event_index = true) size =
  let memory = Cstruct.create (Virtqueue.octets size) in
  ( Virtqueue.create memory ~address:base ~size ~event_index ~barrier:ignore,
    Model.create memory size ~event_index )

let part ?(writable = false) address length = { Virtqueue.address; length; writable }

let taken queue =
  let list = ref [] in
  let take ~chain ~length = list := (chain, length) :: !list in
  ignore (Virtqueue.take_used queue ~limit:max_int take);
  List.rev !list

(* {2 Tests} *)

let there_and_back () =
  let queue, device = pair 8 in
  let parts = [ part 0x1000 16; part ~writable:true 0x2_0000_0000 512; part ~writable:true 7 1 ] in
  let chain = Virtqueue.add queue parts in
  Alcotest.(check bool) "unseen before publish" true (Model.next device = None);
  Alcotest.(check bool) "the device is told" true (Virtqueue.publish queue);
  (match Model.next device with
  | Some (i, seen) ->
      Alcotest.(check int) "its chain" chain i;
      Alcotest.(check bool) "its parts" true (seen = parts)
  | None -> Alcotest.fail "nothing was shown");
  Alcotest.(check int) "taken" 5 (Virtqueue.free queue);
  Model.put device ~chain ~length:513;
  Alcotest.(check (list (pair int int))) "done" [ (chain, 513) ] (taken queue);
  Alcotest.(check int) "free again" 8 (Virtqueue.free queue)

let areas () =
  let queue, _ = pair 8 in
  Alcotest.(check (list int)) "aligned, one behind the other"
    [ base; base + 128; base + 152 ]
    Virtqueue.[ descriptor_area queue; driver_area queue; device_area queue ]

(* A device that is behind is told once. *)
let notifications () =
  let queue, device = pair 8 in
  let send () = ignore (Virtqueue.add queue [ part 0 1 ]); Virtqueue.publish queue in
  Alcotest.(check bool) "the first" true (send ());
  Alcotest.(check bool) "not heard of yet" false (send ());
  ignore (Model.next device);
  ignore (Model.next device);
  Alcotest.(check bool) "it has caught up" true (send ());
  let queue, device = pair ~event_index:false 8 in
  let flags = Model.device_area device in
  let send () = ignore (Virtqueue.add queue [ part 0 1 ]); Virtqueue.publish queue in
  Alcotest.(check bool) "by flag" true (send ());
  Cstruct.LE.set_uint16 device.memory flags 1;
  Alcotest.(check bool) "unwanted by flag" false (send ())

let asking () =
  let queue, device = pair 4 in
  let chain = Virtqueue.add queue [ part ~writable:true 0 10 ] in
  ignore (Virtqueue.publish queue);
  Alcotest.(check bool) "nothing yet" false (Virtqueue.ask queue);
  Model.put device ~chain ~length:10;
  Alcotest.(check bool) "something" true (Virtqueue.ask queue)

let breaks name device_does =
  Alcotest.test_case name `Quick (fun () ->
      let queue, device = pair 4 in
      let chain = Virtqueue.add queue [ part ~writable:true 0 10; part ~writable:true 32 6 ] in
      ignore (Virtqueue.publish queue);
      device_does device chain;
      match taken queue with
      | exception Virtqueue.Broken _ -> ()
      | _ -> Alcotest.fail "believed")

let lies =
  [
    breaks "a chain that is none" (fun d chain ->
        Model.put d ~chain:((chain + 1) land 3) ~length:0);
    breaks "a chain out of bounds" (fun d _ -> Model.put d ~chain:0x7fff_ffff ~length:0);
    breaks "more than there was room for" (fun d chain -> Model.put d ~chain ~length:17);
    breaks "the same twice" (fun d chain ->
        Model.put d ~chain ~length:0;
        Model.put d ~chain ~length:0);
    breaks "an index from nowhere" (fun d _ ->
        Cstruct.LE.set_uint16 d.memory (Model.device_area d + 2) 40000);
  ]

(* Chains of any length, done in any order, more of them than an index can count: what the
   device sees is what was added, and nothing is lost. *)
let any_order =
  QCheck.Test.make ~count:30 ~name:"any chains in any order"
    QCheck.(triple bool (int_range 0 6) (int_bound 1_000_000))
    (fun (event_index, log_size, seed) ->
      let size = 1 lsl log_size in
      let queue, device = pair ~event_index size in
      let random = Random.State.make [| seed |] in
      let wanted = Hashtbl.create 16 and with_device = ref [] in
      let add () =
        let count = 1 + Random.State.int random size in
        if Virtqueue.free queue >= count then begin
          let parts =
            List.init count (fun _ ->
                part ~writable:true (Random.State.bits random) (1 + Random.State.int random 5000))
          in
          Hashtbl.replace wanted (Virtqueue.add queue parts) parts
        end
      in
      let serve () =
        match Model.next device with
        | None -> ()
        | Some (chain, parts) ->
            if Hashtbl.find wanted chain <> parts then QCheck.Test.fail_report "other parts";
            let length = (List.hd parts).Virtqueue.length in
            if Random.State.bool random then with_device := !with_device @ [ (chain, length) ]
            else with_device := (chain, length) :: !with_device
      in
      let give_back () =
        match !with_device with
        | [] -> ()
        | (chain, length) :: rest ->
            with_device := rest;
            Model.put device ~chain ~length;
            if taken queue <> [ (chain, length) ] then QCheck.Test.fail_report "lost";
            Hashtbl.remove wanted chain
      in
      for _ = 1 to 200_000 do
        match Random.State.int random 3 with
        | 0 ->
            add ();
            ignore (Virtqueue.publish queue)
        | 1 -> serve ()
        | _ -> give_back ()
      done;
      let rec drain () =
        serve ();
        give_back ();
        if Hashtbl.length wanted > 0 then drain ()
      in
      drain ();
      Virtqueue.free queue = size)

(* {2 Where devices are} *)

let command_line () =
  let places, wrong =
    Mmio_places.of_settings
      [
        "console=ttyS0"; "virtio_mmio.device=512@0xfeb00000:5";
        "virtio_mmio.device=4K@0xd0001000:6:3"; "virtio_mmio.device=4K";
        "virtio_mmio.device=4K@here:5"; "virtio_mmio.device="; "virtio_mmio.device=@:";
        "virtio_mmio.device=-4K@0xd0001000:6"; "virtio_mmio.device=4K@-4096:6";
        "virtio_mmio.device=4K@0xd0001000:-1"; "virtio_mmio.device=4611686018427387903G@0x1000:1";
        "virtio_mmio.device=64@0xd0001000:6"; "virtio_mmio.device=4K@0xffffffffff000:6";
        "virtio_mmio.device=4K@0xd0001000:6:7:8"; "virtio_mmio.device=4K@0xd0001000";
        "virtio_mmio.device=4K@0xd0001000@5:6";
      ]
  in
  Alcotest.(check bool) "those that are" true
    (places
    = [
        { address = 0xfeb00000; octets = 512; line = 5 };
        { address = 0xd0001000; octets = 4096; line = 6 };
      ]);
  Alcotest.(check (list string)) "those that are not"
    [
      "virtio_mmio.device=4K"; "virtio_mmio.device=4K@here:5"; "virtio_mmio.device=";
      "virtio_mmio.device=@:"; "virtio_mmio.device=-4K@0xd0001000:6";
      "virtio_mmio.device=4K@-4096:6"; "virtio_mmio.device=4K@0xd0001000:-1";
      "virtio_mmio.device=4611686018427387903G@0x1000:1"; "virtio_mmio.device=64@0xd0001000:6";
      "virtio_mmio.device=4K@0xffffffffff000:6"; "virtio_mmio.device=4K@0xd0001000:6:7:8";
      "virtio_mmio.device=4K@0xd0001000"; "virtio_mmio.device=4K@0xd0001000@5:6";
    ]
    wrong

(* Device (VR07) of QEMU's microvm: _HID, _UID, _CCA, and _CRS of both descriptors. *)
let device_bytecode ~line =
  "\x08_HID\x0dLNRO0005\x00\x08_UID\x0a\x07\x08_CCA\x01\x08_CRS\x11\x1a\x0a\x17"
  ^ "\x86\x09\x00\x01\x00\x0e\xb0\xfe\x00\x02\x00\x00"
  ^ Printf.sprintf "\x89\x06\x00\x01\x01%c\x00\x00\x00" (Char.chr line)
  ^ "\x79\x00"

let bytecode () =
  let place line = { Mmio_places.address = 0xfeb00e00; octets = 512; line } in
  let text = "DSDT" ^ device_bytecode ~line:23 ^ "junk" ^ device_bytecode ~line:24 in
  Alcotest.(check bool) "both" true (Mmio_places.of_bytecode text = [ place 23; place 24 ]);
  for length = 0 to String.length text - 1 do
    ignore (Mmio_places.of_bytecode (String.sub text 0 length))
  done

(* As aml_dword_memory of QEMU has it: flags, granularity, range, translation, length. *)
let window_bytecode =
  "\x87\x17\x00\x00\x0c\x01\x00\x00\x00\x00\x00\x00\x00\xc0\xff\xff\x00\xc0\x00\x00\x00\x00\x00\x00\x01\x00"

let room () =
  let window = Pci_window.of_bytecode ("junk\x87" ^ window_bytecode ^ "more") in
  (match Pci_window.take window 0x4000 with
  | Some (0xc000_0000, rest) -> (
      match Pci_window.take rest 0x100 with
      | Some (address, rest) ->
          Alcotest.(check int) "a page at least" 0xc000_4000 address;
          Alcotest.(check bool) "aligned, and within" true
            (Pci_window.take rest 0x10000 = None && Pci_window.take rest 0x8000 <> None)
      | None -> Alcotest.fail "no room for a page")
  | _ -> Alcotest.fail "no room");
  for length = 0 to String.length window_bytecode - 1 do
    let cut = Pci_window.of_bytecode (String.sub window_bytecode 0 length) in
    Alcotest.(check bool) "nothing" true (Pci_window.take cut 16 = None)
  done

let () =
  let case name f = Alcotest.test_case name `Quick f in
  Alcotest.run "virtio"
    [
      ( "queue",
        [
          case "there and back" there_and_back;
          case "areas" areas;
          case "notifications" notifications;
          case "asking for an interrupt" asking;
          case "any chains in any order" (fun () -> QCheck.Test.check_exn any_order);
        ] );
      ("a device that lies", lies);
      ("places", [ case "on the command line" command_line; case "in bytecode" bytecode; case "room on PCI" room ]);
    ]
