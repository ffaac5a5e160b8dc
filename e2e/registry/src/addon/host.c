/* SPDX-License-Identifier: ISC */
/* As much of node as the addon of @mirage/tap needs to list the network interfaces: loads the addon
   named by the first argument, calls its function `links` and prints the texts that this returns.
   A name of Node-API or libuv that is missing here is in unused.c. */
#include <dlfcn.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static napi_callback links;

struct napi_value__ {
  napi_callback function;
  char text[256];
};

static napi_status new_value(napi_value *result) {
  *result = calloc(1, sizeof **result);
  return *result ? napi_ok : napi_generic_failure;
}

napi_status napi_create_object(napi_env env, napi_value *result) {
  (void)env;
  return new_value(result);
}

napi_status napi_create_array(napi_env env, napi_value *result) {
  (void)env;
  return new_value(result);
}

napi_status napi_create_uint32(napi_env env, uint32_t value, napi_value *result) {
  (void)env;
  (void)value;
  return new_value(result);
}

napi_status napi_create_int32(napi_env env, int32_t value, napi_value *result) {
  (void)env;
  (void)value;
  return new_value(result);
}

napi_status napi_create_buffer_copy(napi_env env, size_t length, const void *data, void **copy,
                                    napi_value *result) {
  (void)env;
  (void)length;
  (void)data;
  (void)copy;
  return new_value(result);
}

napi_status napi_create_string_utf8(napi_env env, const char *text, size_t length,
                                    napi_value *result) {
  (void)env;
  (void)length;
  if (new_value(result) != napi_ok) return napi_generic_failure;
  snprintf((*result)->text, sizeof (*result)->text, "%s", text);
  return napi_ok;
}

napi_status napi_create_error(napi_env env, napi_value code, napi_value message,
                              napi_value *result) {
  (void)env;
  (void)code;
  *result = message;
  return napi_ok;
}

napi_status napi_throw(napi_env env, napi_value error) {
  (void)env;
  printf("error: %s\n", error->text);
  exit(1);
}

napi_status napi_create_function(napi_env env, const char *name, size_t length,
                                 napi_callback callback, void *data, napi_value *result) {
  (void)env;
  (void)name;
  (void)length;
  (void)data;
  if (new_value(result) != napi_ok) return napi_generic_failure;
  (*result)->function = callback;
  return napi_ok;
}

napi_status napi_set_named_property(napi_env env, napi_value object, const char *key,
                                    napi_value value) {
  (void)env;
  (void)object;
  if (value->function && strcmp(key, "links") == 0) links = value->function;
  if (value->text[0]) printf("%s: %s\n", key, value->text);
  return napi_ok;
}

napi_status napi_set_element(napi_env env, napi_value array, uint32_t index, napi_value value) {
  (void)env;
  (void)array;
  (void)index;
  (void)value;
  return napi_ok;
}

int main(int argc, char **argv) {
  void *addon = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
  if (!addon) {
    printf("error: %s\n", argc > 1 ? dlerror() : "no addon is named");
    return 1;
  }
  napi_addon_register_func start =
      (napi_addon_register_func)dlsym(addon, "napi_register_module_v1");
  napi_value exports;
  if (!start || new_value(&exports) != napi_ok) return 1;
  start(NULL, exports);
  if (!links) return 1;
  links(NULL, NULL);
  return 0;
}
