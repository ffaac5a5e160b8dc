/* SPDX-License-Identifier: ISC */

/* preadv(2) and pwritev(2) as jobs of Lwt's thread pool: files have no
   non-blocking mode. */

#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include <caml/bigarray.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>
#include <caml/unixsupport.h>

#include <lwt_unix.h>

typedef ssize_t (*transfer)(int, const struct iovec *, int, off_t);

struct job_file {
  struct lwt_unix_job job;
  int fd;
  transfer transfer;
  off_t offset;
  ssize_t done;
  int error_code;
  value buffers; /* keeps the memory alive while the worker uses it */
  int count;
  struct iovec parts[];
};

static void worker_file(struct job_file *job)
{
  int first = 0;
  while (first < job->count) {
    int count = job->count - first;
    ssize_t n = job->transfer(job->fd, job->parts + first,
                              count < IOV_MAX ? count : IOV_MAX,
                              job->offset + job->done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) job->error_code = errno;
    if (n <= 0) return;
    job->done += n;
    while (first < job->count && (size_t)n >= job->parts[first].iov_len)
      n -= job->parts[first++].iov_len;
    if (n > 0) {
      job->parts[first].iov_base = (char *)job->parts[first].iov_base + n;
      job->parts[first].iov_len -= n;
    }
  }
}

static value result_file(struct job_file *job)
{
  value done = Val_long(job->done);
  caml_remove_generational_global_root(&job->buffers);
  LWT_UNIX_CHECK_JOB(job, job->error_code != 0,
                     job->transfer == preadv ? "preadv" : "pwritev");
  lwt_unix_free_job(&job->job);
  return done;
}

static value file_job(transfer transfer, value fd, value buffers, value offset)
{
  CAMLparam1(buffers);
  int count = 0;
  for (value list = buffers; list != Val_emptylist; list = Field(list, 1)) count++;
  LWT_UNIX_INIT_JOB(job, file, count * sizeof(struct iovec));
  job->fd = Int_val(fd);
  job->transfer = transfer;
  job->offset = Long_val(offset);
  job->done = 0;
  job->error_code = 0;
  job->count = 0;
  for (value list = buffers; list != Val_emptylist; list = Field(list, 1)) {
    value cstruct = Field(list, 0); /* Cstruct.t = { buffer; off; len } */
    struct iovec *part = &job->parts[job->count++];
    part->iov_base = (char *)Caml_ba_data_val(Field(cstruct, 0)) + Long_val(Field(cstruct, 1));
    part->iov_len = Long_val(Field(cstruct, 2));
  }
  job->buffers = buffers;
  caml_register_generational_global_root(&job->buffers);
  CAMLreturn(lwt_unix_alloc_job(&job->job));
}

CAMLprim value mirage_unix_preadv_job(value fd, value buffers, value offset)
{
  return file_job(preadv, fd, buffers, offset);
}

CAMLprim value mirage_unix_pwritev_job(value fd, value buffers, value offset)
{
  return file_job(pwritev, fd, buffers, offset);
}
