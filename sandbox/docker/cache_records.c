/*
 * cache_records.c - the build cache as buildx lists it: which records there are
 *
 * A record is a layer with the keys that lead to it.  One whose layer an image of the
 * session stands on is shared.
 */
#include "sandbox/docker/cache_records.h"
#include "sandbox/docker/collect.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define GONE ".gone-"

void
cache_records_done(struct cache_records *r)
{
	for (size_t i = 0; i < r->len; i++) {
		vec_done(&r->v[i].keys);
		free(r->v[i].what);
	}
	vec_done(&r->chains);
	free(take_ptr(r->v));
	r->len = 0;
}

static struct cache_record *
add_record(struct cache_records *r, const char *key)
{
	struct cache_record *new;

	r->v = xrealloc(r->v, (r->len + 1) * sizeof *r->v);
	new = &r->v[r->len++];
	*new = (struct cache_record){.keys = VEC_INIT};
	snprintf(new->id, sizeof new->id, "%.*s", CACHE_ID, key);
	vec_add(&new->keys, key);
	return new;
}

/* ---- layers ------------------------------------------------------------------------ */

const struct cache_record *
cache_record_of(const struct cache_records *r, const char *chain)
{
	for (size_t i = 0; i < r->len; i++)
		if (str_eq(r->v[i].chain, chain))
			return &r->v[i];
	return NULL;
}

static void
take_layer(void *user, const char *key, const json_t *value, int64_t used)
{
	struct cache_records *r = user;
	const char *chain = json_get_str(value, "chain", NULL);
	const char *what = json_get_str(value, "what", NULL);
	struct cache_record *record;
	struct store_layer layer;

	/* other things are kept there too, see sandbox/build */
	if (chain == NULL || store_layer_find(r->d->store, chain, &layer, NULL) != 1)
		return;
	record = (struct cache_record *)cache_record_of(r, chain);
	if (record != NULL) {
		vec_add(&record->keys, key);
		record->used = used > record->used ? used : record->used;
		record->uses += json_get_int(value, "uses", 1) - 1;
		return;
	}
	record = add_record(r, key);
	str_copy(record->chain, sizeof record->chain, chain);
	record->what = what != NULL ? xstrdup(what) : NULL;
	str_copy(record->parent, sizeof record->parent, layer.parent);
	record->created = json_get_int(value, "created", used);
	record->uses = json_get_int(value, "uses", 1);
	record->size = layer.size;
	record->used = used;
	record->shared = vec_has(&r->chains, chain);
}

/* ---- folders ----------------------------------------------------------------------- */

static char *
mounts_path(struct docker *d)
{
	return xasprintf("store/mounts/%s", idmap_name(store_idmap(d->store)));
}

/* The lock of the folder, had alone; -1: a build has it. */
static int
lock_folder(int at, const char *name)
{
	cleanup_free char *file = xasprintf("%s.lock", name);
	cleanup_fd int fd = openat(at, file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 ? take_fd(&fd) : -1;
}

static void
take_folder(struct cache_records *r, int at, const char *name)
{
	struct cache_record *record = add_record(r, name);
	cleanup_fd int lock = lock_folder(at, name);
	int64_t size = docker_tree_size(r->d->session, at, name);
	struct stat st;

	record->in_use = lock < 0;
	record->size = size > 0 ? size : 0;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		record->created = record->used =
		    st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	record->uses = 1;
}

static void
take_folders(struct cache_records *r)
{
	cleanup_free char *path = mounts_path(r->d);
	int fd = openat(store_home_dir(r->d->store), path,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && !str_ends(e->d_name, ".lock"))
			take_folder(r, dirfd(d), e->d_name);
}

/* Its name goes first: half of a folder is never taken for it. */
static int
remove_folder(struct docker *d, const char *name)
{
	cleanup_free char *path = mounts_path(d), *gone = xasprintf(GONE "%s", name);
	cleanup_fd int at = openat(store_home_dir(d->store), path,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_fd int lock = at >= 0 ? lock_folder(at, name) : -1;
	struct err ignored = ERR_INIT;

	if (lock < 0)
		return -1;
	store_remove_tree(d->store, at, gone, &ignored); /* of who was killed here */
	if (renameat(at, name, at, gone) < 0)
		return -1;
	store_remove_tree(d->store, at, gone, &ignored);
	return 0;
}

const char *
cache_record_type(const struct cache_record *r)
{
	return r->chain[0] == '\0' ? "exec.cachemount" : "regular";
}

/* ---- all --------------------------------------------------------------------------- */

static int
by_use(const void *a, const void *b)
{
	const struct cache_record *x = a, *y = b;

	return x->used < y->used ? 1 : x->used > y->used ? -1 : strcmp(x->id, y->id);
}

int
cache_records_read(struct docker *d, struct cache_records *r, struct err *err)
{
	cleanup_session_images struct session_images images = {0};

	r->d = d;
	if (docker_session(d, err) == NULL ||
	    session_images(d->session, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < images.len; i++)
		docker_image_layers(d, images.list[i].id, &r->chains);
	if (store_cache_each(d->store, take_layer, r, err) < 0)
		return -1;
	take_folders(r);
	if (r->len > 0)
		qsort(r->v, r->len, sizeof *r->v, by_use);
	return 0;
}

int
cache_record_remove(struct docker *d, const struct cache_record *r)
{
	int rc = 0;

	if (r->chain[0] == '\0')
		return remove_folder(d, r->keys.v[0]);
	for (size_t i = 0; i < r->keys.len; i++)
		if (store_cache_remove(d->store, r->keys.v[i], NULL) < 0)
			rc = -1;
	return rc;
}
