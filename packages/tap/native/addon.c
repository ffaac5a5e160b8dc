/* SPDX-License-Identifier: ISC */
#include "binding.h"

#include <errno.h>
#include <string.h>

static const char argument_code[] = "ERR_MIRAGE_TAP_ARGUMENT";

/* Once its device was removed, a descriptor says EBADFD on Linux and ENXIO elsewhere, where Linux's
   netlink says ENODEV: one name for all. */
int device_errno(int error) {
#ifdef EBADFD
  if (error == EBADFD) return ENODEV;
#endif
  return error == ENXIO ? ENODEV : error;
}

napi_value throw_errno(napi_env env, const char *syscall, int error) {
  napi_value message, object, number;
  napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, NULL, message, &object);
  napi_create_int32(env, error, &number);
  napi_set_named_property(env, object, "errno", number);
  set_text(env, object, "syscall", syscall);
  napi_throw(env, object);
  return NULL;
}

int arguments(napi_env env, napi_callback_info info, size_t count, napi_value *argv) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, argv, NULL, NULL) == napi_ok && given >= count) return 1;
  napi_throw_type_error(env, argument_code, "an argument is missing");
  return 0;
}

int to_int(napi_env env, napi_value value, int32_t *out) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok && number >= INT32_MIN &&
      number <= INT32_MAX && (double)(int32_t)number == number) {
    *out = (int32_t)number;
    return 1;
  }
  napi_throw_type_error(env, argument_code, "an argument must be a whole number of 32 bits");
  return 0;
}

int to_uint(napi_env env, napi_value value, uint32_t *out) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok && number >= 0 &&
      number <= UINT32_MAX && (double)(uint32_t)number == number) {
    *out = (uint32_t)number;
    return 1;
  }
  napi_throw_type_error(env, argument_code,
                        "an argument must be a whole number of 32 bits, not negative");
  return 0;
}

int to_text(napi_env env, napi_value value, char *out, size_t size) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= size) {
    napi_throw_type_error(env, argument_code, "an argument must be a short string");
    return 0;
  }
  napi_get_value_string_utf8(env, value, out, size, NULL);
  return 1;
}

int to_bytes(napi_env env, napi_value value, uint8_t **data, size_t *length) {
  bool is_buffer = false;
  napi_is_buffer(env, value, &is_buffer); /* true for every ArrayBufferView */
  if (is_buffer && napi_get_buffer_info(env, value, (void **)data, length) == napi_ok) return 1;
  napi_throw_type_error(env, argument_code, "an argument must be a Uint8Array");
  return 0;
}

void set_uint(napi_env env, napi_value object, const char *key, uint32_t value) {
  napi_value number;
  napi_create_uint32(env, value, &number);
  napi_set_named_property(env, object, key, number);
}

void set_text(napi_env env, napi_value object, const char *key, const char *value) {
  napi_value text;
  napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &text);
  napi_set_named_property(env, object, key, text);
}

void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  export_descriptors(env, exports);
  export_tun(env, exports);
  export_links(env, exports);
  export_addresses(env, exports);
  export_poll(env, exports);
  return exports;
}
