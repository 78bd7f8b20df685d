/*
 * plan.h - a start as a list of steps
 *
 * plan_make() writes down what will be done; init does it, row by row, and
 * runtime_explain() prints it.  A step kind is a row of one table: its name, what it
 * means for the reader, the function that does it.
 */
#ifndef DRYDOCK_RUNTIME_PLAN_H
#define DRYDOCK_RUNTIME_PLAN_H

#include "sandbox/runtime/holder.h"

enum step_kind {
	STEP_OVERLAY,
	STEP_PROC,
	STEP_SYS,
	STEP_DEV,
	STEP_CONSOLE,
	STEP_BIND,
	STEP_TMPFS,
	STEP_SYSCTL,
	STEP_HIDE_FILE,
	STEP_HIDE_FOLDER,
	STEP_READONLY,
	STEP_READONLY_ROOT,
	STEP_PIVOT,
	STEP_HOSTNAME,
	STEP_NETWORK,
	STEP_USER,
	STEP_FOLDER,
	STEP_FILTER,
	STEP_CAPABILITIES,
	STEP_LIMITS,
	STEP_SELF,
	STEP_LIFELINE,
	STEP_EXEC,
	STEP_KINDS
};

struct step {
	enum step_kind kind;
	const char *target;                /* what it is done to; borrowed */
	const struct runtime_mount *mount; /* STEP_BIND, STEP_TMPFS */
};

enum { PLAN_MAX = 128 };

struct plan {
	const struct holder *holder;
	const struct runtime_rights *rights; /* never NULL */
	const struct runtime_spec *spec;
	struct step steps[PLAN_MAX];
	size_t len;

	/* what steps leave for later ones; used by init only */
	int root;       /* O_PATH of the new root */
	int sync;       /* init's end of the socket to its parent */
	int ids;        /* init's end of the socket to the supervisor */
	int parents[2]; /* the other ends, for init to close */
	bool told;      /* many ids: devices are told as such */
	int console;    /* slave side of the terminal */
	/* with spec->ipc: its /dev/shm (-1: it has none) and /dev/mqueue, as trees */
	int shm, mqueue;
	unsigned uid, gid;
	unsigned groups[64];
	size_t ngroups;
	char home[256];
};

/* Both borrow spec (and holder, NULL for printing) as long as the plan is used. */
int plan_make(struct plan *p, const struct holder *h, const struct runtime_spec *spec,
    struct err *err);
/* In init: does all steps; the last one does not return when it succeeds. */
int plan_run(struct plan *p, struct err *err);

/* ---- the steps, by file; each is told its row and fills err
 * ---------------------------- */

typedef int step_fn(struct plan *p, const struct step *s, struct err *err);

/* root.c: the file systems */
step_fn step_overlay, step_bind, step_tmpfs, step_hide_file, step_hide_folder,
    step_readonly, step_readonly_root, step_pivot;
/* system.c: /proc, /sys, /dev and the terminal */
step_fn step_proc, step_sys, step_dev, step_console;
/* identity.c: names, network, ids, what the kernel allows */
step_fn step_limits, step_sysctl; /* limits.c: what the kernel counts and tunes */
step_fn step_hostname, step_network, step_user, step_filter, step_capabilities, step_self;
/* exec.c */
step_fn step_folder, step_lifeline, step_exec;

/* exec.c, for join.c: the three parts of step_exec.  exec_find fills env and gives the
 * program's path, or NULL in runc's words. */
/* Closes all descriptors but the streams, what is to be kept, and our sockets. */
void exec_close(struct plan *p);
/* Makes path, by the root's own rules, the working directory; -1 with errno. */
int exec_folder(const char *path);
char *exec_find(struct plan *p, struct vec *env, struct err *err);
void exec_streams(struct plan *p);
_Noreturn void exec_now(struct plan *p, const char *file, const struct vec *env);

/* Opens (O_PATH) a folder directly below the new root, made if missing; something else
 * in its place (an image's symlink) is replaced. */
int root_folder(struct plan *p, const char *name, mode_t mode, struct err *err);
/* fill.c: copies what the root has at m->target to an empty m->source. */
int root_fill(struct plan *p, const struct runtime_mount *m, struct err *err);
/* mount(2) onto a descriptor. */
int mount_on(const char *source, int target, const char *type, unsigned long flags,
    const char *data);

/* seccomp.c: loads the filter for the map; before capabilities are dropped.  more: one
 * id: for a user who is not root, whose opens for reading are looked at as well; many:
 * devices are told as such.  Gives the listener, or -1: many ids, and unconfined or run
 * by somebody who listens already. */
int seccomp_load(enum idmap map, const struct runtime_rights *r, bool more,
    int *ret_listener, struct err *err);

/* share.c: namespaces of other containers.  share_ipc: joins spec->ipc's and opens its
 * folders; share_init: as clone_init in start.c, among the processes of spec->pids, with
 * ret's mntns and netns opened. */
int share_ipc(struct plan *p, struct err *err);
pid_t share_init(struct plan *p, struct runtime_proc *ret, void (*init)(struct plan *p),
    struct err *err);
/* What a guide, in the namespaces of a container, says when all has gone well, with
 * descriptors; and its answer: the pid, or -1 with its error. */
struct born {
	char kind; /* 'b' */
	pid_t pid;
};
pid_t guide_hear(int from, int fds[8], size_t *nfds, struct err *err);
/* The user namespace that owns the mounts of a container's first process. */
int share_owner(pid_t first, struct err *err);

/* user.c: config.User looked up in /etc/passwd and /etc/group below root (a descriptor).
 * Docker's words for a missing name.  Sets uid, gid, groups, home of the plan. */
int user_find(struct plan *p, int root, const char *user, struct err *err);
/* identity.c: `echo x > /dev/stderr` opens the stream anew, so it must be the user's. */
void user_give_streams(const struct plan *p);

#endif
