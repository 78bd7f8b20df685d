/*
 * gc.c - taking away what nothing points at: marking
 *
 * The caller says which images and blobs sessions need; the library and the build cache
 * are known here.  An image needs its config, its run record and its layers; a layer
 * those below it, the bytes that it came as and its compressed form.  gc_sweep.c takes
 * the rest.  Whatever cannot be read ends the collection: nothing is taken on a guess.
 */
#include "sandbox/store/gc.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int
store_gc_begin(struct store *s, struct store_gc **ret, struct err *err)
{
	struct store_gc *g;
	int lock = -1, rc = store_hold_alone(s, &lock, err);

	if (rc <= 0)
		return rc;
	g = xcalloc(1, sizeof *g);
	*g = (struct store_gc){.store = s,
	    .lock = lock,
	    .images = VEC_INIT,
	    .blobs = VEC_INIT,
	    .chains = VEC_INIT,
	    .diffs = VEC_INIT};
	*ret = g;
	return 1;
}

void
store_gc_end(struct store_gc *g)
{
	if (g == NULL)
		return;
	vec_done(&g->images);
	vec_done(&g->blobs);
	vec_done(&g->chains);
	vec_done(&g->diffs);
	free(g->layers);
	flock(g->lock, LOCK_UN);
	fd_close_p(&g->lock);
	free(g);
}

void
store_gc_end_p(struct store_gc **g)
{
	store_gc_end(*g);
	*g = NULL;
}

void
store_gc_keep_image(struct store_gc *g, const char *id)
{
	if (store_is_hex(id))
		vec_add(&g->images, id);
}

void
store_gc_keep_blob(struct store_gc *g, const char *hex)
{
	if (store_is_hex(hex))
		vec_add(&g->blobs, hex);
}

/* ---- sorted lists ------------------------------------------------------------------ */

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, *(char *const *)b);
}

bool
gc_has(const struct vec *sorted, const char *name)
{
	return bsearch(name, sorted->v, sorted->len, sizeof *sorted->v, by_name) != NULL;
}

static void
sort_once(struct vec *v)
{
	size_t n = 0;

	vec_sort(v);
	for (size_t i = 0; i < v->len; i++) {
		if (n > 0 && str_eq(v->v[n - 1], v->v[i]))
			free(v->v[i]);
		else
			v->v[n++] = v->v[i];
	}
	v->len = n;
	if (v->cap > 0)
		v->v[n] = NULL;
}

static int
by_chain(const void *a, const void *b)
{
	return strcmp(((const struct gc_layer *)a)->is.chain,
	    ((const struct gc_layer *)b)->is.chain);
}

struct gc_layer *
gc_layer(const struct store_gc *g, const char *chain)
{
	struct gc_layer key;

	str_copy(key.is.chain, sizeof key.is.chain, chain);
	return g->nlayers == 0
		   ? NULL
		   : bsearch(&key, g->layers, g->nlayers, sizeof key, by_chain);
}

/* ---- marking ----------------------------------------------------------------------- */

static int
read_layers(struct store_gc *g, struct err *err)
{
	int fd = openat(g->store->dir, "layers/meta", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	size_t cap = 0;

	if (d == NULL)
		return err_sys(err, "cannot read the layers' records");
	while ((e = readdir(d)) != NULL) {
		if (g->nlayers == cap) {
			cap = cap * 2 + 64;
			g->layers = xrealloc(g->layers, cap * sizeof *g->layers);
		}
		struct gc_layer *l = &g->layers[g->nlayers];

		*l = (struct gc_layer){.keep = false};
		g->nlayers += store_meta_read(g->store, e->d_name, &l->is) == 1;
	}
	if (g->nlayers > 0)
		qsort(g->layers, g->nlayers, sizeof *g->layers, by_chain);
	return 0;
}

/* An image without a run record: its layers are known by their diff ids only. */
static int
mark_by_config(struct store_gc *g, const char *id, struct err *err)
{
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;

	if (!store_has_blob(g->store, id))
		return 0; /* it is no image any more */
	if (store_read_config(g->store, id, &c, err) < 0)
		return -1;
	for (size_t i = 0; i < c.diff_ids.len; i++)
		vec_add(&g->diffs, image_digest_hex(c.diff_ids.v[i]));
	return 0;
}

static int
mark_images(struct store_gc *g, struct err *err)
{
	cleanup_json json_t *library = store_library(g->store, err);
	const char *name;
	json_t *id;

	if (library == NULL)
		return -1;
	json_object_foreach(library, name, id) if (json_is_string(id))
	    store_gc_keep_image(g, json_string_value(id));
	sort_once(&g->images);
	for (size_t i = 0; i < g->images.len; i++) {
		cleanup_store_image struct store_image image = STORE_IMAGE_INIT;

		vec_add(&g->blobs, g->images.v[i]);
		if (store_run_read(g->store, g->images.v[i], &image) == 0)
			vec_add_all(&g->chains, image.chains.v);
		else if (mark_by_config(g, g->images.v[i], err) < 0)
			return -1;
	}
	return 0;
}

static void
mark_cached(void *user, const char *key, const json_t *value, int64_t used)
{
	struct store_gc *g = user;
	const char *chain = json_get_str(value, "chain", NULL);

	(void)key;
	(void)used;
	if (chain != NULL && store_is_hex(chain))
		vec_add(&g->chains, chain);
}

/* The layer and all below it; what is kept has kept those already. */
static void
keep_stack(struct store_gc *g, const char *chain)
{
	struct gc_layer *l = gc_layer(g, chain);

	while (l != NULL && !l->keep) {
		l->keep = true;
		l = gc_layer(g, l->is.parent);
	}
}

static void
mark_layers(struct store_gc *g)
{
	sort_once(&g->diffs);
	for (size_t i = 0; i < g->nlayers; i++)
		if (gc_has(&g->diffs, g->layers[i].is.diff))
			keep_stack(g, g->layers[i].is.chain);
	sort_once(&g->chains);
	for (size_t i = 0; i < g->chains.len; i++)
		keep_stack(g, g->chains.v[i]);
	for (size_t i = 0; i < g->nlayers; i++) {
		struct store_pressed pressed;

		if (!g->layers[i].keep)
			continue;
		vec_add(&g->diffs, g->layers[i].is.diff);
		vec_add(&g->blobs, g->layers[i].is.diff);
		if (store_pressed_find(g->store, g->layers[i].is.diff, &pressed))
			vec_add(&g->blobs, pressed.hex);
	}
	sort_once(&g->diffs);
	sort_once(&g->blobs);
}

int
store_gc_run(struct store_gc *g, struct err *err)
{
	if (read_layers(g, err) < 0 || mark_images(g, err) < 0 ||
	    store_cache_each(g->store, mark_cached, g, err) < 0)
		return -1;
	mark_layers(g);
	return gc_sweep(g, err);
}
