/*
 * supervise.h - who a container's processes believe to be, with one id only; and devices
 *
 * The filter `one` stops the calls that need another id, tell one, or must be held to
 * one; the supervisor, a process outside the container, answers each of them:
 *
 *   ids        setuid & co., getuid & co., setgroups           from the table of ids.h
 *   owners     chown, chmod, mknod of devices, setxattr         done and recorded
 *   stat       tells what is recorded
 *   rights     opens for writing, mkdir, unlink, rename, ...    for a user who is not
 *              root: allowed by the recorded owner and mode, done by the supervisor,
 *              and what is new is recorded as that user's;
 *              opens for reading (looked at only), rmdir and times only if the container
 *              began as such a user: root makes too many of them
 *
 * With many ids all of that is the kernel's.  Devices are what it makes for nobody but
 * the machine's root, in any map: call_device.c puts an empty file with a record in their
 * place.  The filter `range` stops nothing but such calls; `told`, where devices are
 * likely, stat as well, so that it tells them.
 *
 * Not held to its ids is who is not root from the start but became so later, when it
 * reads: with one id su and gosu lead to somebody who may read root's own files.  Opens
 * for reading are half of all that a package manager does, a filter cannot tell who asks,
 * and a second one with a listener, for who has changed, is not allowed by the kernel.
 *
 * Two processes: the watcher, child of whoever called runtime_prepare, and its child,
 * the supervisor.  If either dies before the container, the other kills the container:
 * without an answer every call would fail with ENOSYS.  Under `range`, where that is
 * mknod alone, there is only the supervisor.
 *
 * Arguments are read once and acted on as read: another thread that rewrites them
 * changes nothing.  SECCOMP_USER_NOTIF_FLAG_CONTINUE is given only to who may do
 * anything anyhow (root) and to calls that tell but do not act (stat).
 *
 * The supervisor lives (with many ids: from the first call on) in the container's mount
 * namespace, outside its pid namespace, with the host's /proc as working directory:
 * "PID/cwd/x", "PID/fd/3" and "/etc/x" are then what they are to the caller, found by
 * the kernel itself.
 */
#ifndef DRYDOCK_RUNTIME_SUPERVISE_H
#define DRYDOCK_RUNTIME_SUPERVISE_H

#include "sandbox/runtime/holder.h"
#include "sandbox/runtime/ids.h"
#include <limits.h>
#include <linux/seccomp.h>
#include <sys/stat.h>

/* Of a file: what is recorded, else what the file system says. */
struct attr {
	struct stat st; /* with the recorded owner, mode, type and device */
	bool recorded;
	mode_t type; /* what it is on the disk (S_IFMT) */
};

struct owners;

struct supervisor {
	int listener;
	bool many;  /* ids are the kernel's */
	bool alone; /* no watcher */
	const struct runtime_spec *spec;
	int init; /* pidfd of the container's first process */
	struct ids_table ids;
	struct owners *owners;
	dev_t root_dev; /* of the container's root overlay */
	bool chrooted;  /* somebody has called chroot: look at each one's root */
	struct seccomp_notif *request;
	struct seccomp_notif_resp *answer;
	size_t request_size, answer_size;
};

struct call;
typedef int64_t call_fn(struct call *c);

/* A system call: who answers it, and which of its arguments are what (-1: none). */
struct call_row {
	call_fn *fn;
	int dir, path, flags; /* as of openat(2); path -1: `dir` is the file itself */
	int fixed;            /* AT_SYMLINK_NOFOLLOW of the l-forms */
	int rest;             /* the first of the other arguments */
};

/* One call, as it was read. */
struct call {
	struct supervisor *s;
	const struct call_row *row;
	uint64_t id;
	pid_t pid; /* of the thread */
	int nr;
	uint64_t args[6];
};

/* What a handler returns beside a result (>= 0) or a negative errno. */
enum { CALL_CONTINUE = INT_MIN, CALL_ANSWERED = INT_MIN + 1 };

/* ---- supervise.c ------------------------------------------------------------------- */

/* Forks watcher and supervisor: they wait at `sock` (taken) for the filter's listener
 * and answer with one byte.  init: a pidfd (borrowed); of the plan's spec dir and the
 * lowers count.  Gives the pid of the watcher or of who has none, -1 with *err on
 * failure. */
struct plan;
pid_t supervisor_start(int sock, int init, const struct plan *p, struct err *err);
/* In init: hands the listener over, and who the container is at first; waits until it is
 * served. */
int supervisor_hand(int sock, int listener, const struct ids *first, struct err *err);
/* Is the call still waiting?  To be asked after something of /proc/PID was opened. */
bool call_valid(const struct call *c);

/* ---- tracee.c: memory and paths of the caller ------------------------------------- */

/* Reads / writes exactly len bytes; 0 or -EFAULT. */
int tracee_read(const struct call *c, uint64_t from, void *to, size_t len);
int tracee_write(const struct call *c, uint64_t to, const void *from, size_t len);
/* A string of at most size - 1 bytes; 0, -EFAULT or too_long (negative). */
int tracee_string(
    const struct call *c, uint64_t from, char *to, size_t size, int too_long);

/* A path of the caller in our words. */
struct place {
	char path[PATH_MAX + 64];
	bool follow; /* a link at the end is followed */
	bool self;   /* it is a descriptor of the caller itself */
};
/* dirfd and pointer as in openat(2); AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH of flags
 * are honoured.  0 or a negative errno. */
int tracee_place_read(
    const struct call *c, int dirfd, uint64_t pointer, int flags, struct place *ret);
/* The caller's descriptor itself. */
void tracee_place_fd(const struct call *c, int fd, struct place *ret);
/* The file that the call is about, by its row. */
int tracee_place_of(const struct call *c, struct place *ret);
/* An O_PATH descriptor of it, or a negative errno. */
int tracee_place_open(const struct call *c, struct place *p);
/* An O_PATH descriptor of the folder that holds it; the name in there goes into base.
 * slash: the name ended in '/'.  Negative errno: -EEXIST for "/", ".", "..". */
int tracee_place_open_parent(
    const struct call *c, struct place *p, char base[NAME_MAX + 1], bool *slash);
/* Path of an open descriptor of ours: "self/fd/N". */
void own_path(int fd, char ret[24]);
/* Umask of the caller. */
mode_t tracee_umask(const struct call *c);
/* Who the caller is to the kernel; false: it has gone. */
struct tracee_creds {
	unsigned uid, gid; /* of the file system */
	uint64_t caps;     /* effective */
};
bool tracee_creds(const struct call *c, struct tracee_creds *ret);
/* Process id (thread group) of the caller. */
pid_t tracee_process(const struct call *c);

/* The xattr; nobody inside may set it. */
#define OWNERS_XATTR "user.containers.override_stat"

/* ---- owners.c: records ------------------------------------------------------------ */

/* dir: the folder with u; the file `owners` in it holds what no xattr can.  Beside a
 * lower NAME there may be its side table NAME.side (sandbox/store/owner.h), for the same.
 */
struct owners *owners_open(
    int dir, dev_t root_dev, int lowers_at, const char *const *lowers, size_t nlowers);
/* Records that the empty file fd stands for a device, in dir's file `owners` as well,
 * while owner and mode stay the file's own.  0 or a negative errno. */
int owners_write_device(struct owners *o, int fd, mode_t type, dev_t dev);
/* Owner and mode of the object behind fd (O_PATH will do); 0 or a negative errno. */
int owners_read(struct owners *o, int fd, struct attr *ret);
/* Is there surely nothing recorded for this path (false: ask owners_read)?  nofollow:
 * of a link itself. */
bool owners_none(const struct owners *o, const char *path, bool nofollow);
/* May a rename part a record from its file? */
bool owners_moving(const struct owners *o);
/* Records a's owner, mode and device for fd; 0 or a negative errno. */
int owners_write(struct owners *o, int fd, const struct attr *a);

/* ---- the handlers, by file ----------------------------------------------------------
 */

/* call_ids.c */
call_fn call_change, call_get_id, call_get_three, call_getgroups, call_setgroups,
    call_limit, call_chroot;
/* call_stat.c */
call_fn call_stat, call_statx, call_access;
/* call_owner.c */
call_fn call_chown, call_chmod, call_setxattr, call_removexattr, call_utimes;
/* call_open.c */
call_fn call_open, call_truncate;
/* call_name.c */
call_fn call_mkdir, call_mknod, call_unlink, call_rename, call_link, call_symlink;
/* call_device.c: who makes one of this mode (without the umask) and number. */
int64_t device_make(struct call *c, mode_t mode, dev_t dev);

/* ---- rights.c -----------------------------------------------------------------------
 */

enum { RIGHT_X = 1, RIGHT_W = 2, RIGHT_R = 4 };

/* The caller's ids. */
const struct ids *call_who(const struct call *c);
/* May whoever has these ids do anything with files? */
bool ids_root(const struct ids *i);
/* 0 or -EACCES, by the ids of the file system (root: 0). */
int rights_check(const struct ids *i, const struct attr *a, int want);
/* The folder must be writable; 0 or a negative errno; *ret_dir may be NULL. */
int rights_in_folder(
    const struct call *c, const struct ids *i, int dir, struct attr *ret_dir);
/* May the entry base of dir be removed or renamed? */
int rights_remove(const struct call *c, const struct ids *i, int dir, const char *base);
/* Records that what fd names was made by i in a folder with these attributes. */
int rights_made(
    const struct call *c, const struct ids *i, const struct attr *dir, int fd);

#endif
