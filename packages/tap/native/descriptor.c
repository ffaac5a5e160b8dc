/* SPDX-License-Identifier: ISC */
/* Open descriptors of devices: who closes them, and writing to them. */
#include "binding.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A descriptor that is closed with its owner: when the object that stands for it is collected, or
   when the environment (a Worker, or node itself) ends. */
static void close_owned(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  close_owned(data);
  free(data);
}

int own_descriptor(napi_env env, int fd, napi_value *owner) {
  int *owned = malloc(sizeof *owned);
  if (!owned) return ENOMEM;
  *owned = fd;
  if (napi_create_external(env, owned, on_collected, NULL, owner) == napi_ok) return 0;
  free(owned);
  return ENOMEM;
}

/* close(owner): the fd is closed; a second call does nothing. */
static napi_value close_descriptor(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  void *owned;
  if (!arguments(env, info, 1, argv)) return NULL;
  if (napi_get_value_external(env, argv[0], &owned) != napi_ok) {
    napi_throw_type_error(env, NULL, "an argument must be the owner of a descriptor");
    return NULL;
  }
  close_owned(owned);
  return NULL;
}

/* write(fd, frame): boolean. False if the kernel's queue is full: the frame was not sent. */
static napi_value write_frame(napi_env env, napi_callback_info info) {
  napi_value argv[2], result;
  int32_t fd;
  uint8_t *data;
  size_t length;
  if (!arguments(env, info, 2, argv) || !to_int(env, argv[0], &fd) ||
      !to_bytes(env, argv[1], &data, &length))
    return NULL;
  ssize_t written;
  do written = write(fd, data, length);
  while (written < 0 && errno == EINTR);
  if (written < 0 && errno != EAGAIN && errno != ENOBUFS) return throw_errno(env, "write", device_errno(errno));
  napi_get_boolean(env, written >= 0, &result);
  return result;
}

void export_descriptors(napi_env env, napi_value exports) {
  export_function(env, exports, "close", close_descriptor);
  export_function(env, exports, "write", write_frame);
}
