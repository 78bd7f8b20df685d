/*
 * gc_sweep.c - taking away what nothing points at: sweeping
 *
 * Names go before what they stand for: first an image's config and run record, then its
 * layers.  A layer's folder gets a name of no layer by one rename, so that half of one is
 * never taken for it; who is killed here leaves nothing that the next collection does not
 * find.
 */
#include "sandbox/store/gc.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define GONE ".gone-"

struct sweep {
	struct store_gc *g;
	int dir; /* the folder that is swept */
};

static int
each(struct sweep *w, const char *folder, void (*fn)(struct sweep *w, const char *name),
    struct err *err)
{
	int fd = openat(
	    w->g->store->dir, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (d == NULL)
		return errno == ENOENT ? 0
				       : err_sys(err, "cannot read 'store/%s'", folder);
	w->dir = dirfd(d);
	while ((e = readdir(d)) != NULL)
		if (path_is_name(e->d_name))
			fn(w, e->d_name);
	return 0;
}

/* store/run/ID */
static void
sweep_run(struct sweep *w, const char *name)
{
	if (store_is_hex(name) && !gc_has(&w->g->images, name))
		unlinkat(w->dir, name, 0);
}

/* store/cache/ID: what an image was built from; keys of steps have other members. */
static void
sweep_record(void *user, const char *key, const json_t *value, int64_t used)
{
	struct store_gc *g = user;

	(void)used;
	if (json_get_str(value, "base_ref", NULL) != NULL && !gc_has(&g->images, key))
		(void)store_cache_remove(g->store, key, NULL);
}

static void
sweep_blob(struct sweep *w, const char *name)
{
	if (store_is_hex(name) && !gc_has(&w->g->blobs, name))
		unlinkat(w->dir, name, 0);
}

static bool
layer_stays(const struct store_gc *g, const char *chain)
{
	const struct gc_layer *l = gc_layer(g, chain);

	return l != NULL ? l->keep : gc_has(&g->chains, chain);
}

/* store/layers/MAP/CHAIN, CHAIN.side */
static void
sweep_layer(struct sweep *w, const char *name)
{
	cleanup_free char *chain = xstrndup(name, HEX);
	const char *rest = name + strlen(chain);

	if (!store_is_hex(chain) || layer_stays(w->g, chain))
		return;
	if (str_eq(rest, ".side")) {
		unlinkat(w->dir, name, 0);
	} else if (*rest == '\0') {
		cleanup_free char *gone = xasprintf(GONE "%s", name);

		renameat(w->dir, name, w->dir, gone);
	}
}

static void
remove_gone(struct sweep *w, const char *name)
{
	struct err ignored = ERR_INIT;

	if (str_starts(name, GONE))
		store_remove_tree(w->g->store, w->dir, name, &ignored);
}

static void
sweep_meta(struct sweep *w, const char *name)
{
	if (store_is_hex(name) && !layer_stays(w->g, name))
		unlinkat(w->dir, name, 0);
}

/* store/pressed/DIFF, of-HEX */
static void
sweep_pressed(struct sweep *w, const char *name)
{
	const char *hex = str_after(name, "of-");
	char diff[HEX + 1];

	if (hex == NULL
		? store_is_hex(name) && !gc_has(&w->g->diffs, name)
		: store_pressed_of(w->g->store, hex, diff) && !gc_has(&w->g->diffs, diff))
		unlinkat(w->dir, name, 0);
}

int
gc_sweep(struct store_gc *g, struct err *err)
{
	struct sweep w = {.g = g};

	if (each(&w, "run", sweep_run, err) < 0 ||
	    store_cache_each(g->store, sweep_record, g, err) < 0 ||
	    each(&w, "blobs", sweep_blob, err) < 0)
		return -1;
	for (int map = 0; map < MAPS; map++) {
		cleanup_free char *folder = xasprintf("layers/%s", idmap_name(map));

		if (each(&w, folder, sweep_layer, err) < 0 ||
		    each(&w, folder, remove_gone, err) < 0)
			return -1;
	}
	return each(&w, "layers/meta", sweep_meta, err) < 0
		   ? -1
		   : each(&w, "pressed", sweep_pressed, err);
}
