/*
 * client.h - whose files a command means
 *
 * A command typed in the workstation means the workstation's files, not the
 * host's.  Its server starts us with DRYDOCK_CLIENT="ROOTFD:CWDFD:CWDPATH" and
 * the two descriptors; every path of the user is then opened below that root.
 * Without it paths are opened as any program opens them.
 *
 * Its environment and its keys come the same way (sandbox/sandbox.h has the words).
 * Private to the docker module.
 */
#ifndef DRYDOCK_DOCKER_CLIENT_H
#define DRYDOCK_DOCKER_CLIENT_H

#include "sandbox/base/base.h"

struct client {
	int root;       /* -1: ordinary paths */
	int cwd;        /* -1 when root is -1 */
	char *dir;      /* its folder as the user sees it; NULL: ask the system */
	struct buf env; /* NUL-terminated "K=V" in a row, used when has_env */
	bool has_env;
	int input; /* told before standard input is read; -1: nobody asks */
};
#define CLIENT_INIT \
	{ \
		.root = -1, .cwd = -1, .input = -1, .env = BUF_INIT(16 << 20) \
	}

/* Reads DRYDOCK_CLIENT, _ENV and _INPUT and removes them from the environment.  ERR_INPUT
 * when they are there but malformed: then no path may be opened at all. */
int client_init(struct client *c, struct err *err);
void client_done(struct client *c);

/* For a program that acts for the same user: appends the environment it starts with, and
 * at most two descriptors that it inherits. */
void client_pass(const struct client *c, struct vec *env, int keep[2], size_t *nkeep);

/* The ids that the user's own files have as we see them: a workstation's are its root's.
 */
void client_owner(const struct client *c, uid_t *ret_uid, gid_t *ret_gid);
/* A workstation's files belong to ids of its map, and the kernel makes no file there for
 * an id outside (EOVERFLOW): between client_act(c, true) and client_act(c, false) real
 * root makes files as their owner (setfsuid(2)).  Nothing of ours is opened meanwhile.
 * Leaves errno alone; nothing happens for everybody else. */
void client_act(const struct client *c, bool begin);
/* open(2) of the user's path; O_CREAT makes it the user's.  Gives a descriptor
 * (O_CLOEXEC), or -1 with errno. */
int client_open(const struct client *c, const char *path, int flags, mode_t mode);
/* The absolute, clean path as the user sees it.  Gives; free(). */
char *client_path(const struct client *c, const char *path);
/* The same path on the host, where the two share what it names, and whether it exists;
 * one that does not is named by its nearest folder that does.  NULL: the host does not
 * have it.  Gives; free(). */
char *client_host_path(const struct client *c, const char *path, bool *ret_exists);
/* A variable of the user's environment; NULL when unset.  Borrowed. */
const char *client_getenv(const struct client *c, const char *name);
/* Is the user's stream ('i', 'o', 'e') a terminal? */
bool client_is_tty(const struct client *c, char stream);
/* Size of the user's terminal; both 0 when there is none. */
void client_size(unsigned short *rows, unsigned short *cols);
/* Before standard input is read, once or to its end: until then the keys that the user
 * types are not ours to take. */
void client_reads(const struct client *c, bool all);

#endif
