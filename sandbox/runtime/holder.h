/*
 * holder.h - inside of the holder, for the files of this module
 */
#ifndef DRYDOCK_RUNTIME_HOLDER_H
#define DRYDOCK_RUNTIME_HOLDER_H

#include "sandbox/runtime/runtime.h"

struct holder {
	enum idmap map;
	pid_t pid;
	int pidfd;
	unsigned ids; /* how many ids the map holds: 1, or 1 + the range */
	int users;    /* keeps the holder alive while open */
	int home;
	char *home_path; /* as the kernel spells it */
};

struct idmap_range {
	unsigned start, count;
};

/* In a new mount namespace, with DRYDOCK_HOME as the working directory: open what fd
 * names anew, under the same number.  What cannot be found again is left alone. */
void holder_rehome(const struct holder *h, int fd);

/* The first range of the calling user in /etc/subuid and /etc/subgid; false when
 * there is none in one of them, or no newuidmap(1). */
bool idmap_find_ranges(struct idmap_range *uids, struct idmap_range *gids);
/* Write the map of a new holder `pid` (newuidmap(1) for an ordinary user); *ret_ids: see
 * struct holder. */
int idmap_write(enum idmap map, pid_t pid, unsigned *ret_ids, struct err *err);
/* Write the map of a child of the holder, from inside the holder. */
int idmap_write_child(const struct holder *h, pid_t pid, struct err *err);

#endif
