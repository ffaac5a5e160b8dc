open V1_LWT

module Main (C : CONSOLE) = struct
  let start console =
    let allowed, _ = Arguments.allowed () in
    C.log_s console
      (String.concat " "
         [
           string_of_int (Arguments.cache_size () + Arguments.shift ());
           String.concat "," (List.map Ipaddr.V4.to_string (Arguments.peers ()));
           Ipaddr.V4.to_string allowed;
           string_of_float (Arguments.pause ());
           string_of_int (Arguments.room ());
           Arguments.title ();
           string_of_bool (Arguments.loud ());
           Arguments.key ();
         ])
end
