let source = Logs.Src.create "shop" ~doc:"what is sold"

module Log = (val Logs.src_log source : Logs.LOG)

module Main (C : V1_LWT.CONSOLE) = struct
  let start console =
    Logs.err (fun m -> m "%d things are missing" 2);
    Log.debug (fun m -> m ~header:"cart" "empty");
    C.log_s console "end"
end
