/*
 * private.h - what the files of the store share among themselves
 */
#ifndef DRYDOCK_STORE_PRIVATE_H
#define DRYDOCK_STORE_PRIVATE_H

#include "sandbox/store/store.h"

enum { MAPS = 2, HEX = 64 };

struct store {
	char *home;
	int home_dir, dir;            /* home and home/store */
	int layers[MAPS], tmp[MAPS];  /* opened when first asked for, else -1 */
	struct holder *holders[MAPS]; /* the same, else NULL */
	bool map_known;
	enum idmap map;
	int hold; /* store_hold(), so often */
	unsigned holds;
};

/* Exactly 64 lower-case hex digits?  Nothing else is ever used as a file name. */
bool store_is_hex(const char *s);

/* Folder store/WHAT/MAP of any map, made if missing and owned by that map's root;
 * borrowed.  `what` is "layers" or "tmp". */
int store_layers_of(struct store *s, enum idmap map, struct err *err);
int store_tmp_of(struct store *s, enum idmap map, struct err *err);
/* The holder of any map (the other one is only needed to read or remove what an earlier
 * run with that map left); borrowed. */
struct holder *store_holder_of(struct store *s, enum idmap map, struct err *err);
enum idmap store_other_map(enum idmap map);

/* Makes a folder with exactly this mode; one that is there is left as it is. */
int store_make_dir(int at, const char *name, mode_t mode, struct err *err);
/* New file store/FOLDER/NAME through store/tmp and one rename.  sync: the bytes are on
 * the disk before the name is. */
int store_write(struct store *s, const char *folder, const char *name, const void *data,
    size_t len, bool sync, struct err *err);
int store_write_json(struct store *s, const char *folder, const char *name,
    const json_t *j, bool sync, struct err *err);
/* Removes what killed processes left in store/tmp, store/trash and tmp/MAP. */
void store_sweep(struct store *s, enum idmap map);

/* layers/meta/CHAIN: 1 read, 0 absent or unreadable. */
int store_meta_read(struct store *s, const char *chain, struct store_layer *ret);
/* Is the unpacked layer of this map there? */
bool store_layer_in(struct store *s, enum idmap map, const char *chain);

/* hold.c: the lock of a collection; 1 and its descriptor, 0 somebody makes something. */
int store_hold_alone(struct store *s, int *ret_fd, struct err *err);

/* ---- drafts ---------------------------------------------------------------------- */

struct store_draft {
	char name[24];
	enum idmap map;
	int dir; /* open and flock'ed as long as somebody makes the layer */
};

/* Removes the draft's folder and frees d (may be NULL). */
void store_draft_end(struct store *s, struct store_draft *d);
/* [crypto] Makes the entries of a tar stream in the draft's u, owners in its side table.
 */
int store_draft_fill(struct store *s, struct store_draft *d, int tar_fd, struct err *err);
/* [crypto] Meta, one syncfs, then the rename: the finished u becomes layer ret->chain,
 * unless another process was faster.  Takes d. */
int store_publish(struct store *s, struct store_draft *d, const struct store_layer *layer,
    struct err *err);

/* Are the bytes that the layer came in kept, compressed or not? */
bool store_layer_bytes(struct store *s, const char *diff);
/* [crypto] Unpacks it for the current map from those bytes or from the other map's. */
int store_layer_remake(struct store *s, const struct store_layer *layer, struct err *err);

/* ---- the run record ---------------------------------------------------------------- */

/* 0 read, 1 absent or unreadable. */
int store_run_read(struct store *s, const char *id, struct store_image *ret);
/* [crypto] Makes it from the config's bytes; every layer must be known. */
int store_run_write(
    struct store *s, const char *id, const void *config, size_t len, struct err *err);

/* ---- a forked helper
 * -------------------------------------------------------------------- */

struct store_job {
	pid_t pid;
	int answer;
};
/* Runs fn(arg) in a child that ignores SIGPIPE; its error comes back in store_job_wait.
 */
int store_job_start(struct store_job *j, int (*fn)(void *arg, struct err *err), void *arg,
    struct err *err);
int store_job_wait(struct store_job *j, struct err *err);

/* Runs give(from, fd) in such a child and take(to, fd) here, with a pipe from the one to
 * the other.  The giver's error is the reason of the taker's, unless it is only that
 * nobody reads any more. */
int store_pipe(int (*give)(void *from, int out, struct err *err), void *from,
    int (*take)(void *to, int in, struct err *err), void *to, struct err *err);

/* In a child, first of all: end when the maker of the layer (its pid) does, so that what
 * it has begun is swept away and not finished for nobody. */
void store_die_with(pid_t parent);

/* Memory that a child fills for us: zeroed; store_shared_free() with the same size. */
void *store_shared_new(size_t size);
void store_shared_free(void *p, size_t size);

/* ending.c: kills the monitors of all containers of this DRYDOCK_HOME, and waits. */
void store_end_containers(struct store *s);

#endif
