/*
 * fd.h - descriptors and whole files
 *
 * Every descriptor made here is O_CLOEXEC.  Paths that somebody else controls
 * (inside an image, a context, an archive) go through fd_open_in, which the
 * kernel keeps below the given root (openat2(2), RESOLVE_IN_ROOT).
 */
#ifndef DRYDOCK_FD_H
#define DRYDOCK_FD_H

#include "sandbox/base/buf.h"
#include "sandbox/base/err.h"
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define cleanup_fd __attribute__((cleanup(fd_close_p)))
#define cleanup_dir __attribute__((cleanup(fd_closedir_p)))
#define cleanup_file __attribute__((cleanup(fd_fclose_p)))

/* Close *fd if it is >= 0 and set it to -1; errno is kept. */
void fd_close_p(int *fd);
void fd_closedir_p(DIR **dir);
void fd_fclose_p(FILE **file);
/* Hands ownership on: returns *fd and leaves -1 behind. */
int take_fd(int *fd);

/* Writes all of it, however many write(2) it takes (EINTR and EAGAIN are waited
 * out).  Returns 0 or -1 with errno. */
int fd_write_all(int fd, const void *data, size_t len);
/* Passes bytes both ways between two connected sockets until both sides have said all,
 * or one is broken.  For a process that has nothing else to do. */
void fd_carry(int a, int b);
/* Reads exactly len bytes; returns 0, or -1 with errno (EPIPE: ended early). */
int fd_read_all(int fd, void *data, size_t len);

/* Appends the rest of fd / the file to b, at most b->max bytes in all.
 * ERR_LIMIT names the file when it is bigger. */
int fd_slurp(int fd, const char *name, struct buf *b, struct err *err);
int fd_read_file(int at, const char *path, struct buf *b, struct err *err);

/* Replaces the file atomically: a temporary name in the same folder, then
 * rename.  No fsync: a power cut may lose the newest version, never mix two. */
int fd_write_file(
    int at, const char *path, const void *data, size_t len, mode_t mode, struct err *err);

/* mkdir -p of a trusted path of ours, each new folder with `mode`. */
int fd_mkdirs(int at, const char *path, mode_t mode, struct err *err);

/* openat2(2) with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS below root: absolute
 * links and ".." stay inside.  Returns a descriptor or -1 with errno. */
int fd_open_in(int root, const char *path, int flags, mode_t mode);
/* openat2(2) with RESOLVE_NO_SYMLINKS: a path that holds a link fails with ELOOP. */
int fd_open_straight(int at, const char *path, int flags);
/* As fd_open_in, but links are never followed at the last component (O_NOFOLLOW). */
int fd_open_in_nofollow(int root, const char *path, int flags, mode_t mode);

/* Removes a tree below `at` without following links; what cannot be removed is
 * left and reported as -1 with errno (the first failure).  A missing name is 0. */
int fd_remove_tree(int at, const char *name);

/* Waits until fd is readable; timeout in ms, -1 for ever.  1, 0 on time-out, -1. */
int fd_wait_readable(int fd, int timeout_ms);

/* Send / receive up to 8 descriptors beside data (SCM_RIGHTS).  fd_recv_fds sets
 * *ret_nfds to the number received (the caller closes them).  Return the number
 * of data bytes or -1 with errno. */
ssize_t fd_send_fds(int sock, const void *data, size_t len, const int *fds, size_t nfds);
ssize_t fd_recv_fds(int sock, void *data, size_t len, int *fds, size_t *ret_nfds);

#endif
