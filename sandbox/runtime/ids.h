/*
 * ids.h - user and group ids of processes that have only one
 *
 * With a map of one id the kernel's set*id calls cannot work: what a process believes to
 * be stands here.  The rules are the kernel's (setuid(2) and its family), with "has
 * CAP_SETUID" read as "its effective user is 0".
 *
 * Which entry a process has is kept where the kernel itself copies it at fork and keeps
 * it at exec: in its soft RLIMIT_LOCKS, a limit that Linux has not used since 2.4.  The
 * filter lets nobody inside change it.  "Unlimited" is entry 0: who the container began
 * as.  Pure but for that limit.
 */
#ifndef DRYDOCK_RUNTIME_IDS_H
#define DRYDOCK_RUNTIME_IDS_H

#include "sandbox/base/base.h"
#include <sys/types.h>

enum { IDS_GROUPS = 64, IDS_MAX = 4096 };

/* user[], group[]: real, effective, saved, of the file system. */
enum { IDS_REAL, IDS_EFFECTIVE, IDS_SAVED, IDS_FS, IDS_KINDS };

struct ids {
	uint32_t user[IDS_KINDS], group[IDS_KINDS];
	uint32_t ngroups, groups[IDS_GROUPS];
	uint64_t lacks; /* capabilities (bits) that even its root does not have */
};

/* All sets of ids that have been seen; none is forgotten while the container lives. */
struct ids_table {
	struct ids *v;
	size_t len, cap;
};

/* Empties the table and makes `first` entry 0. */
void ids_init(struct ids_table *t, const struct ids *first);
void ids_done(struct ids_table *t);
/* The ids of a process (any of its threads); entry 0 when it has gone.  Borrowed until
 * the next ids_set. */
const struct ids *ids_get(const struct ids_table *t, pid_t pid);
/* Gives the process these ids; 0 or -1 with errno (EAGAIN: too many different ones). */
int ids_set(struct ids_table *t, pid_t pid, const struct ids *ids);

/* Is nr one of setuid, setgid, setreuid, setregid, setresuid, setresgid, setfsuid,
 * setfsgid? */
bool ids_is_change(int nr);
/* Does it to ids: 0 (setfs*id: the former id) or a negative errno; then ids is as it was.
 */
int64_t ids_change(struct ids *ids, int nr, const uint64_t args[3]);
/* Puts the further groups into the kernel's order. */
void ids_sort_groups(struct ids *ids);
/* Is gid the group of ids (of the file system) or one of its further ones? */
bool ids_in_group(const struct ids *ids, uint32_t gid);

#endif
