/*
 * runtime.h - "run this process in this root folder"
 *
 * Two things live here.
 *
 * The HOLDER is a process of a few pages that owns a user namespace (the id
 * map) and below it a network namespace.  Whoever wants to touch files of
 * mapped ids or start a container joins it by setns(2); the first to come
 * starts it.  It leaves a minute after the last one that holds its lock file
 * shared, or when the lock file is gone.
 *
 * A RUNTIME PROCESS is a program in six new namespaces (user, mount, pid, net,
 * ipc, uts), children of the holder's.  What will happen is first a list of
 * steps (plan), which can be printed, and then done by the new process itself
 * (init), in this order: root overlay, /proc, /sys, /dev, mounts, masks,
 * pivot_root, network, user, seccomp, capabilities, exec.
 *
 * With a map of one id a SUPERVISOR answers, records and enforces what the kernel cannot
 * (supervise.h): who a process is, and whose files are.
 *
 * Nothing here knows images, containers with names, or sessions: the caller
 * gives folders, an argv and an environment.
 */
#ifndef DRYDOCK_RUNTIME_H
#define DRYDOCK_RUNTIME_H

#include "sandbox/base/base.h"
#include "sandbox/runtime/cgroup.h"
#include <sys/types.h>

/* ---- the holder ------------------------------------------------------------ */

enum idmap {
	IDMAP_RANGE, /* subordinate ids (or, as root, 0 -> 1879048192 for 65536 ids) */
	IDMAP_ONE,   /* our own id is 0, no other exists */
};

struct holder;

/* Finds or starts the holder of this DRYDOCK_HOME (home: its folder, borrowed)
 * with the map that DRYDOCK_IDMAP forces (range, one) or else the best that the
 * machine allows.  Gives *ret; holder_free().  ERR_UNSUPPORTED with a hint when the
 * machine allows no user namespace. */
int holder_open(int home, struct holder **ret, struct err *err);
void holder_free(struct holder *h);
#define cleanup_holder __attribute__((cleanup(holder_free_p)))
void holder_free_p(struct holder **h);

enum idmap holder_idmap(const struct holder *h);
/* Which map holder_open() would use, and its name ("range", "one"), without starting it.
 */
enum idmap idmap_choose(int home);
const char *idmap_name(enum idmap map);
/* The host's user and group id that are 0 in the map: owner of folders that the
 * mapped root must write. */
uid_t holder_root_uid(const struct holder *h);
gid_t holder_root_gid(const struct holder *h);
/* Same, known without a holder. */
uid_t idmap_root_uid(enum idmap map);

/* In a forked child only: join the holder's user namespace (and, with `net`, its
 * network namespace) and become its root.  Descriptors opened before stay usable. */
int holder_enter(const struct holder *h, bool net, struct err *err);

/* After holder_enter, from another network namespace: back to the holder's. */
int holder_enter_net(const struct holder *h, struct err *err);

enum holder_call_flags {
	/* In a mount namespace of its own, slave of ours.  The kernel mounts only what
	 * was opened in the same namespace, so all inherited descriptors of folders are
	 * opened anew under their numbers; the working directory is DRYDOCK_HOME. */
	HOLDER_MOUNTS = 1,
	HOLDER_NET = 2, /* in the holder's network namespace */
};
/* What HOLDER_MOUNTS does, for a process that has done holder_enter() itself.  Mounts
 * made then are also in the namespaces of its children. */
int holder_own_mounts(const struct holder *h, struct err *err);
/* Forks, enters the holder, calls fn(arg, err) there and exits; returns what fn
 * returned (0 or -1) with its error.  Results travel through descriptors or shared
 * memory in arg.  All open descriptors are inherited. */
int holder_call(const struct holder *h, unsigned flags,
    int (*fn)(void *arg, struct err *err), void *arg, struct err *err);

/* Readable once the holder has ended, and with it what a new command could reach of its
 * containers.  Borrowed. */
int holder_pidfd(const struct holder *h);
/* Does the holder of the map live?  Starts none. */
bool holder_runs(int home, enum idmap map);

/* Ends the holder of the map (used by setup --remove); no holder is fine. */
void holder_stop(int home, enum idmap map);

/* ---- one process ------------------------------------------------------------ */

enum runtime_net {
	RUNTIME_NET_NONE,   /* a namespace with nothing but lo */
	RUNTIME_NET_BRIDGE, /* a namespace that the caller sets up (see runtime_go) */
	RUNTIME_NET_JOIN,   /* the namespace `netns` (-1: the one the caller was in) */
};

enum runtime_mount_kind {
	MOUNT_BIND,  /* source: a descriptor of a folder or file */
	MOUNT_TMPFS, /* options as for mount(2), may be NULL */
};

struct runtime_mount {
	enum runtime_mount_kind kind;
	int source; /* MOUNT_BIND: O_PATH descriptor, or what runtime_tree() gave */
	const char *target; /* absolute, resolved inside the root; made if missing */
	bool readonly;
	bool detached; /* source came from runtime_tree() */
	bool fill;     /* MOUNT_BIND: an empty source gets what the root has at target */
	bool exec;     /* MOUNT_TMPFS: programs may be run from it */
	const char *options;
};

/* A limit of the process (setrlimit(2)); RLIM_INFINITY: none. */
struct runtime_limit {
	int resource;
	unsigned long long soft, hard;
};

/* What a container may do.  Bits of the bounding set: Docker's default, and every one. */
#define RUNTIME_CAPS 0xa80425fbull
#define RUNTIME_CAPS_ALL 0x1ffffffffffull
#define RUNTIME_UNCONFINED "unconfined"

struct runtime_rights {
	uint64_t caps;       /* bounding set, and what its root has */
	const char *seccomp; /* NULL: Docker's profile; RUNTIME_UNCONFINED; or its JSON */
	bool no_new_privs;
	bool open_paths; /* nothing masked or read-only in /proc and /sys */
	bool own_all;    /* /sys may be written too (--privileged) */
};

/* Number of a capability, with or without "CAP_", in any case; -1: there is none. */
int runtime_capability(const char *name);
/* The set that lists of such names ("ALL" among them: every one) make of Docker's
 * default; adding wins.  Unknown names count for nothing. */
uint64_t runtime_capabilities(const struct vec *add, const struct vec *drop);

/* A container that shares namespaces of its own: its first process. */
struct runtime_other {
	pid_t first;
	int pidfd;
};

struct runtime_spec {
	/* The root: overlay of lowers (topmost first, names below lowers_at), and u, w, m
	 * (upper, work, mount point) below dir, which exist and belong to the map's root.
	 */
	int lowers_at;
	const char *const *lowers;
	size_t nlowers;
	int dir;
	/* Lowest layer of all, a full path below lowers_at or NULL: mount points and
	 * machine's files that are in no image (see offline.h). */
	const char *under;

	const char *const *argv;
	const char *const *env; /* HOME and nothing else is added when missing */
	const char *cwd;        /* NULL: "/"; made if missing */
	const char *user;       /* "", "name", "uid", "user:group" as in config.User */
	const char *hostname;
	const char *domainname; /* NULL: none */
	/* Groups beside the user's own, names or numbers; NULL-terminated, or NULL. */
	const char *const *groups;
	const char *const *sysctls; /* "net.x.y=1"; NULL-terminated, or NULL */
	const struct runtime_limit *limits;
	size_t nlimits;
	int64_t shm_size; /* of /dev/shm, bytes; 0: 64 MiB */
	int oom_score_adj;
	bool host_uts; /* the host's name is the container's */
	/* Whose processes it is among, and whose shared memory, /dev/shm and message
	 * queues it has; NULL: its own.  Among the processes of another it lives in that
	 * one's user namespace too, which owns them. */
	const struct runtime_other *pids, *ipc;
	bool no_shm; /* no /dev/shm */

	const struct runtime_mount *mounts;
	size_t nmounts;

	enum runtime_net net;
	int netns; /* for RUNTIME_NET_JOIN */

	int in, out, errfd; /* become 0, 1, 2; ignored with tty (-1: /dev/null) */
	const int *keep;    /* descriptors to pass on under their numbers */
	size_t nkeep;
	bool tty; /* a pseudo-terminal of the container's own devpts */
	unsigned short rows, cols;
	bool readonly_root;
	const struct runtime_rights *rights; /* NULL: Docker's defaults */
	const struct runtime_limits *use;    /* NULL: what it may use up is not limited */
	unsigned use_held; /* which of them are held by groups that it is put in */
};

struct runtime_proc {
	pid_t pid;
	int pidfd;
	int mntns;   /* keeps the mounts until closed: close it last, after the answer */
	int netns;   /* its network, or -1: look below /proc/PID/ns */
	int console; /* with tty: the master side, else -1 */
	int go;      /* internal: the other end of init's socket */
	pid_t watcher; /* internal: of the supervisor (map of one id), or -1 */
};
#define RUNTIME_PROC_INIT \
	{ \
		.pid = -1, .pidfd = -1, .mntns = -1, .netns = -1, .console = -1, \
		.go = -1, .watcher = -1 \
	}

/* A mount of what fd (O_PATH) names, ready to be moved into a container; to be made
 * before holder_enter.  own: the files are the caller's (a workspace, -v) and are to be
 * the container root's inside; for real root this needs an idmapped mount (Linux 5.12),
 * for everybody else root inside is themselves.  Sets *detached as struct runtime_mount
 * wants it; gives a descriptor. */
int runtime_tree(
    const struct holder *h, int fd, bool own, bool *detached, struct err *err);

enum runtime_look {
	LOOK_WRITE,  /* as a program would have it, with spec's mounts but no tmpfs */
	LOOK_FIXED,  /* nothing can be written: a container may have u in use */
	LOOK_LOWERS, /* the same without u */
};
/* In a process with mounts of its own (HOLDER_MOUNTS): spec's root without a program, at
 * dir/m.  Of spec lowers_at, lowers, under, dir and mounts count.  Gives an O_PATH
 * descriptor of the root. */
int runtime_look(const struct runtime_spec *spec, enum runtime_look how, struct err *err);

/* Start init up to the point where it waits for the network.  Must be called in a
 * process that has done holder_enter(h, true, ...): that process becomes the parent
 * and must wait(2) for ret->pid; its working directory becomes DRYDOCK_HOME.  With
 * RUNTIME_NET_BRIDGE the caller then makes the interfaces (network_attach on
 * /proc/PID/ns/net) before runtime_go(). */
int runtime_prepare(const struct holder *h, const struct runtime_spec *spec,
    struct runtime_proc *ret, struct err *err);
/* Let it go on and exec.  Returns 0 when exec has succeeded; else the error that init
 * sent (ERR_EXEC_MISSING, ERR_EXEC_DENIED, ERR_NOT_FOUND for a user, ...) worded as
 * runc does ("exec: \"x\": executable file not found in $PATH"); it has then ended. */
int runtime_go(struct runtime_proc *p, struct err *err);
/* One more program in a container that runs: first is its first process (pidfd: of the
 * same), as runtime_prepare gave it.  To be called in a process that has done
 * holder_enter(), which becomes the program's parent.  Of spec argv, env, cwd (must
 * exist), user, net (JOIN: stay in the caller's network), streams and tty count.  The
 * streams become the user's.  Then runtime_go(), as for a first process; ret->mntns stays
 * -1.  ERR_NOT_FOUND for a user that is not there. */
int runtime_join(const struct holder *h, pid_t first, int pidfd,
    const struct runtime_spec *spec, struct runtime_proc *ret, struct err *err);
/* In a process that has done holder_enter(): signals all processes of the container but
 * its first one. */
int runtime_signal_others(pid_t first, int pidfd, int signo, struct err *err);
/* In a process that has done holder_enter(), for a container among another's processes,
 * whose first process is not the first of them all: signals all that see its mounts
 * (mntns: as in struct runtime_proc) but its first one (0: has ended).  With SIGKILL
 * until none is left. */
void runtime_signal_mounts(int mntns, pid_t first, int signo);
/* Close what is open; does not kill.  After the process has ended: what was recorded of
 * owners is complete, and nothing of ours uses its mounts any more. */
void runtime_done(struct runtime_proc *p);

/* The plan as text, one step a line, for --explain. */
void runtime_explain(const struct runtime_spec *spec, struct buf *out);

#endif
