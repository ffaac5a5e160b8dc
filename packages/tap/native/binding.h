/* SPDX-License-Identifier: ISC */
#ifndef MIRAGE_TAP_BINDING_H
#define MIRAGE_TAP_BINDING_H

#include <node_api.h>
#include <stdint.h>

/* Throws a JavaScript Error with the properties `errno` (positive) and `syscall`. */
napi_value throw_errno(napi_env env, const char *syscall, int error);

/* The error that reading or writing a device's descriptor gave; ENODEV if the device was removed. */
int device_errno(int error);

/* Reads up to `count` arguments; throws a TypeError and returns 0 if there are fewer. */
int arguments(napi_env env, napi_callback_info info, size_t count, napi_value *argv);

/* Conversions of arguments; each throws a TypeError and returns 0 when the type is wrong, or a number
   isn't whole or doesn't fit. */
int to_int(napi_env env, napi_value value, int32_t *out);
int to_uint(napi_env env, napi_value value, uint32_t *out);
int to_text(napi_env env, napi_value value, char *out, size_t size);
int to_bytes(napi_env env, napi_value value, uint8_t **data, size_t *length);

void set_uint(napi_env env, napi_value object, const char *key, uint32_t value);
void set_text(napi_env env, napi_value object, const char *key, const char *value);
void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback);

/* Makes a JavaScript value that closes the descriptor when it is collected, or when the environment
   ends. 0, or ENOMEM. */
int own_descriptor(napi_env env, int fd, napi_value *owner);

void export_descriptors(napi_env env, napi_value exports);
void export_poll(napi_env env, napi_value exports);

/* What each kind of system has in a folder of its own: linux, bsd. */
void export_tun(napi_env env, napi_value exports);
void export_links(napi_env env, napi_value exports);
void export_addresses(napi_env env, napi_value exports);

#endif
