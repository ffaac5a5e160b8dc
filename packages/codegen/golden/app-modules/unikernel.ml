(* SPDX-License-Identifier: ISC *)

module Main
    (C : V1_LWT.CLOCK)
    (T : V1_LWT.TIME)
    (R : V1_LWT.RANDOM)
    (P : V1_LWT.IO_PAGE) =
struct
  let start () =
    let page = P.to_cstruct (P.get 1) in
    Cstruct.set_uint8 page 0 (R.int 256);
    Printf.printf "%d %.0f\n" (Cstruct.length page) (C.time () /. C.time ());
    T.sleep 0.01
end
