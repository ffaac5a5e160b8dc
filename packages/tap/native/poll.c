/* SPDX-License-Identifier: ISC */
/* Frames from a non-blocking fd, read in batches whenever libuv's loop finds it readable. */
#include "binding.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* The part of libuv's stable interface that is used; its headers aren't everywhere, the symbols are
   in node itself. See https://docs.libuv.org/en/v1.x/poll.html */
typedef struct uv_loop_s uv_loop_t;
typedef struct {
  void *data; /* first member of every libuv handle, ours to use */
} uv_handle_t;
enum { UV_POLL = 8, UV_READABLE = 1 };
size_t uv_handle_size(int type);
int uv_poll_init(uv_loop_t *loop, uv_handle_t *handle, int fd);
int uv_poll_start(uv_handle_t *handle, int events, void (*cb)(uv_handle_t *, int, int));
int uv_poll_stop(uv_handle_t *handle);
void uv_close(uv_handle_t *handle, void (*cb)(uv_handle_t *));

/* Frames for one call into JavaScript; more wait for the loop's next turn. */
enum { batch = 64, frame_size = 65536 + 64 };

struct watcher {
  napi_env env;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  uv_handle_t *handle;
  int fd;
  int closing;
  /* Who still uses this memory: JavaScript's value, and libuv's handle. */
  int users;
  uint8_t frame[frame_size];
};

static void report_exception(napi_env env) {
  bool pending = false;
  napi_value exception;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  napi_get_and_clear_last_exception(env, &exception);
  napi_fatal_exception(env, exception);
}

/* Calls callback(frames, errno): errno is 0 unless reading failed for good. */
static void deliver(struct watcher *watcher, napi_value frames, int error) {
  napi_value global, callback, argv[2];
  argv[0] = frames;
  napi_create_int32(watcher->env, error, &argv[1]);
  napi_get_global(watcher->env, &global);
  napi_get_reference_value(watcher->env, watcher->callback, &callback);
  napi_make_callback(watcher->env, watcher->context, global, callback, 2, argv, NULL);
  report_exception(watcher->env);
}

static void on_readable(uv_handle_t *handle, int status, int events) {
  (void)events;
  struct watcher *watcher = handle->data;
  napi_handle_scope scope;
  napi_value frames, frame;
  uint32_t count = 0;
  int error = 0;
  napi_open_handle_scope(watcher->env, &scope);
  napi_create_array(watcher->env, &frames);
  while (!error && count < batch) {
    ssize_t length = read(watcher->fd, watcher->frame, sizeof watcher->frame);
    if (length >= 0) {
      napi_create_buffer_copy(watcher->env, (size_t)length, watcher->frame, NULL, &frame);
      napi_set_element(watcher->env, frames, count++, frame);
    } else if (errno == EAGAIN) {
      /* libuv reports any error as EBADF; what it is, read() says, unless there is none left. */
      error = status < 0 ? -status : 0;
      break;
    } else if (errno != EINTR) {
      error = device_errno(errno);
    }
  }
  if (error) uv_poll_stop(handle);
  if (error || count > 0) deliver(watcher, frames, error);
  napi_close_handle_scope(watcher->env, scope);
}

static void release(struct watcher *watcher) {
  if (--watcher->users == 0) free(watcher);
}

static void on_closed(uv_handle_t *handle) {
  struct watcher *watcher = handle->data;
  napi_handle_scope scope;
  napi_open_handle_scope(watcher->env, &scope);
  napi_delete_reference(watcher->env, watcher->callback);
  napi_async_destroy(watcher->env, watcher->context);
  napi_close_handle_scope(watcher->env, scope);
  napi_remove_async_cleanup_hook(watcher->hook);
  free(handle);
  release(watcher);
}

static void begin_close(struct watcher *watcher) {
  if (watcher->closing) return;
  watcher->closing = 1;
  uv_poll_stop(watcher->handle);
  uv_close(watcher->handle, on_closed);
}

/* Nobody in JavaScript has the watcher any more. */
static void on_forgotten(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  begin_close(data);
  release(data);
}

/* The environment (a Worker, or node itself) ends while the watcher is open. */
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  begin_close(data);
}

/* watch(fd, callback): a handle for the functions below. Reading begins with resume(). */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value argv[2], name, result;
  int32_t fd;
  uv_loop_t *loop;
  if (!arguments(env, info, 2, argv) || !to_int(env, argv[0], &fd)) return NULL;
  napi_get_uv_event_loop(env, &loop);
  struct watcher *watcher = calloc(1, sizeof *watcher);
  uv_handle_t *handle = calloc(1, uv_handle_size(UV_POLL));
  int error = watcher && handle ? -uv_poll_init(loop, handle, fd) : ENOMEM;
  if (error) {
    free(watcher);
    free(handle);
    return throw_errno(env, "uv_poll_init", error);
  }
  watcher->env = env;
  watcher->handle = handle;
  watcher->fd = fd;
  watcher->users = 2;
  handle->data = watcher;
  napi_create_reference(env, argv[1], 1, &watcher->callback);
  napi_create_string_utf8(env, "mirage:tap", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &watcher->context);
  napi_add_async_cleanup_hook(env, on_environment_end, watcher, &watcher->hook);
  napi_create_external(env, watcher, on_forgotten, NULL, &result);
  return result;
}

static struct watcher *to_watcher(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  void *watcher = NULL;
  if (arguments(env, info, 1, argv) &&
      napi_get_value_external(env, argv[0], &watcher) != napi_ok)
    napi_throw_type_error(env, NULL, "an argument must be a watcher");
  return watcher;
}

/* resume(watcher): frames are read and delivered from now on. */
static napi_value resume(napi_env env, napi_callback_info info) {
  struct watcher *watcher = to_watcher(env, info);
  if (watcher && !watcher->closing) uv_poll_start(watcher->handle, UV_READABLE, on_readable);
  return NULL;
}

/* pause(watcher): frames stay in the kernel's queue, which drops them when it is full. */
static napi_value pause_reading(napi_env env, napi_callback_info info) {
  struct watcher *watcher = to_watcher(env, info);
  if (watcher && !watcher->closing) uv_poll_stop(watcher->handle);
  return NULL;
}

/* unwatch(watcher): the end; the fd may be closed afterwards. Further calls do nothing. */
static napi_value unwatch(napi_env env, napi_callback_info info) {
  struct watcher *watcher = to_watcher(env, info);
  if (watcher) begin_close(watcher);
  return NULL;
}

void export_poll(napi_env env, napi_value exports) {
  export_function(env, exports, "watch", watch);
  export_function(env, exports, "resume", resume);
  export_function(env, exports, "pause", pause_reading);
  export_function(env, exports, "unwatch", unwatch);
}
