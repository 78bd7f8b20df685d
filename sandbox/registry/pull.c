/*
 * pull.c - an image from a registry into the store
 *
 * Layers come side by side and are unpacked in order, each as soon as the one below it
 * is.  Blobs are kept as they came, so that the same image leaves with the same digests.
 */
#include "sandbox/registry/private.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOWNLOADS = 3 }; /* Docker's max-concurrent-downloads */

struct layer {
	const struct image_blob *blob;
	const char *hex, *diff;
	char chain[65];
	bool there;   /* unpacked already */
	bool came;    /* its blob is here */
	bool again;   /* the same blob as one below: fetched once */
	size_t index; /* among all */
};

struct pull {
	struct registry *r;
	struct store *store;
	const struct registry_wish *wish;
	const struct registry_watch *watch;
	struct image_manifest manifest;
	struct image_config config;
	struct buf config_bytes;
	struct layer *layers;
	struct layer **wanted; /* those to fetch */
	size_t nwanted, unpacked;
	int64_t size; /* of the one that a worker fetches */
};

static void
say(const struct pull *p, const struct layer *l, enum registry_state state, int64_t at)
{
	if (p->watch != NULL)
		p->watch->layer(p->watch->arg, l->hex, state, at, l->blob->size, NULL);
}

/* ---- the config ---------------------------------------------------------------------
 */

static int
get_config(struct pull *p, struct err *err)
{
	const struct image_blob *c = &p->manifest.config;
	const char *hex = image_digest_hex(c->digest);
	cleanup_fd int fd = -1;

	if (c->size > IMAGE_JSON_MAX)
		return err_set(err, ERR_LIMIT, "the image's config has %lld bytes",
		    (long long)c->size);
	if (!store_has_blob(p->store, hex)) {
		/* a config's name makes an image: it gets it when all else is here */
		fd = store_incoming_temp(p->store, err);
		if (fd < 0 || registry_blob_get(p->r, p->wish->name, c->digest, c->size,
				  fd, NULL, NULL, err) < 0)
			return -1;
		if (lseek(fd, 0, SEEK_SET) < 0 ||
		    fd_slurp(fd, "the image's config", &p->config_bytes, err) < 0)
			return -1;
	} else if (store_read_blob(p->store, hex, &p->config_bytes, err) < 0) {
		return -1;
	}
	if (image_config_decode(p->config_bytes.s, p->config_bytes.len, &p->config, err) <
	    0)
		return err_while(err, "reading the image's config");
	if (p->config.diff_ids.len != p->manifest.nlayers)
		return err_set(err, ERR_CORRUPT,
		    "invalid manifest, layers length mismatch: expected %zu, got %zu",
		    p->config.diff_ids.len, p->manifest.nlayers);
	return 0;
}

/* ---- layers -------------------------------------------------------------------------
 */

static int
plan_layers(struct pull *p, struct err *err)
{
	char chain[65] = "";

	p->layers = xcalloc(p->manifest.nlayers + 1, sizeof *p->layers);
	p->wanted = xcalloc(p->manifest.nlayers + 1, sizeof(struct layer *));
	for (size_t i = 0; i < p->manifest.nlayers; i++) {
		struct layer *l = &p->layers[i];
		struct store_layer found;
		int rc;

		l->blob = &p->manifest.layers[i];
		l->index = i;
		l->hex = image_digest_hex(l->blob->digest);
		l->diff = image_digest_hex(p->config.diff_ids.v[i]);
		store_chain_id(chain, l->diff, l->chain);
		memcpy(chain, l->chain, sizeof chain);
		rc = store_layer_find(p->store, l->chain, &found, err);
		if (rc < 0)
			return -1;
		l->there = rc > 0;
		for (size_t k = 0; k < i && !l->there; k++)
			l->again = l->again || str_eq(p->layers[k].hex, l->hex);
		l->came = store_has_blob(p->store, l->hex);
		if (!l->there && !l->again && !l->came)
			p->wanted[p->nwanted++] = l;
	}
	return 0;
}

/* The whole list first, as Docker prints it. */
static void
announce(const struct pull *p)
{
	for (size_t i = 0; i < p->manifest.nlayers; i++)
		say(p, &p->layers[i],
		    p->layers[i].there ? REGISTRY_THERE : REGISTRY_PULLING, 0);
	for (size_t i = DOWNLOADS; i < p->nwanted; i++)
		say(p, p->wanted[i], REGISTRY_WAITING, 0);
}

static void
on_bytes(void *arg, int64_t bytes)
{
	(void)arg;
	crew_say(REGISTRY_DOWNLOADING, bytes);
}

/* In a worker. */
static int
fetch(void *arg, size_t i, struct err *err)
{
	struct pull *p = arg;
	const struct layer *l = p->wanted[i];
	cleanup_registry struct registry *r = registry_again(p->r);
	cleanup_fd int fd = store_incoming_open(p->store, l->hex, err);

	if (fd < 0 || registry_blob_get(r, p->wish->name, l->blob->digest, l->blob->size,
			  fd, on_bytes, NULL, err) < 0)
		return -1;
	crew_say(REGISTRY_VERIFYING, 0);
	return store_incoming_keep(p->store, l->hex, fd, err);
}

static int
unpack(struct pull *p, struct layer *l, struct err *err)
{
	cleanup_fd int fd = store_open_blob(p->store, l->hex, err);
	const char *parent = l->index > 0 ? p->layers[l->index - 1].chain : "";
	struct store_layer made;

	say(p, l, REGISTRY_EXTRACTING, 0);
	if (fd < 0 ||
	    store_layer_unpack(p->store, parent, fd, l->diff, false, &made, err) < 0 ||
	    store_pressed_set(p->store, l->diff, l->hex, l->blob->size, err) < 0)
		return -1;
	say(p, l, REGISTRY_PULLED, 0);
	return 0;
}

/* Everything whose blob is here, from the lowest on. */
static int
unpack_ready(struct pull *p, struct err *err)
{
	for (; p->unpacked < p->manifest.nlayers; p->unpacked++) {
		struct layer *l = &p->layers[p->unpacked];

		if (l->there)
			continue;
		if (!l->came && !(l->again && store_has_blob(p->store, l->hex)))
			return 0;
		if (unpack(p, l, err) < 0)
			return -1;
	}
	return 0;
}

static void
heard(void *arg, size_t i, int what, int64_t at)
{
	struct pull *p = arg;

	say(p, p->wanted[i], (enum registry_state)what, at);
}

static int
came(void *arg, size_t i, struct err *err)
{
	struct pull *p = arg;

	p->wanted[i]->came = true;
	say(p, p->wanted[i], REGISTRY_DOWNLOADED, 0);
	return unpack_ready(p, err);
}

/* Those of an image that is here too are known to this repository now. */
static void
remember(const struct pull *p)
{
	cleanup_free char *where = xasprintf("%s/%s", p->r->where.host, p->wish->name);

	for (size_t i = 0; i < p->manifest.nlayers; i++) {
		struct store_pressed known;
		struct err ignored = ERR_INIT;

		if (!store_pressed_find(p->store, p->layers[i].diff, &known))
			store_pressed_set(p->store, p->layers[i].diff, p->layers[i].hex,
			    p->layers[i].blob->size, &ignored);
		store_pressed_seen(p->store, p->layers[i].diff, where);
	}
}

/* ---- the whole ----------------------------------------------------------------------
 */

static int
get_manifest(struct pull *p, struct registry_image *ret, struct err *err)
{
	const struct registry_wish *w = p->wish;
	cleanup_registry_manifest struct registry_manifest m = REGISTRY_MANIFEST_INIT;

	if (registry_manifest_get(p->r, w->name, w->reference, &m, err) < 0)
		return -1;
	str_copy(ret->digest, sizeof ret->digest, m.digest);
	ret->size = (int64_t)m.bytes.len;
	if (registry_manifest_choose(
		p->r, w->name, &m, w->os, w->architecture, w->variant, err) < 0)
		return -1;
	return image_manifest_decode(m.bytes.s, m.bytes.len, &p->manifest, err);
}

static int
pull(struct pull *p, struct registry_image *ret, struct err *err)
{
	const struct crew crew = {
	    .at_once = DOWNLOADS, .work = fetch, .heard = heard, .done = came, .arg = p};
	struct crew sized = crew;
	const char *id;

	if (get_manifest(p, ret, err) < 0)
		return -1;
	id = image_digest_hex(p->manifest.config.digest);
	str_copy(ret->id, sizeof ret->id, id);
	if (p->wish->has != NULL && p->wish->has(p->wish->has_arg, id))
		return 0;
	if (get_config(p, err) < 0 || plan_layers(p, err) < 0)
		return -1;
	announce(p);
	sized.count = p->nwanted;
	if (unpack_ready(p, err) < 0 || crew_run(&sized, err) < 0 ||
	    unpack_ready(p, err) < 0)
		return -1;
	remember(p);
	if (store_add_image(
		p->store, p->config_bytes.s, p->config_bytes.len, ret->id, err) < 0)
		return -1;
	/* add_image hashed what came: is it what the manifest says? */
	return str_eq(ret->id, id) ? 0
				   : err_set(err, ERR_CORRUPT,
					 "image config verification failed for digest %s",
					 p->manifest.config.digest);
}

int
registry_pull(struct registry *r, struct store *store, const struct registry_wish *wish,
    const struct registry_watch *watch, struct registry_image *ret, struct err *err)
{
	struct pull p = {.r = r,
	    .store = store,
	    .wish = wish,
	    .watch = watch,
	    .manifest = IMAGE_MANIFEST_INIT,
	    .config = IMAGE_CONFIG_INIT,
	    .config_bytes = BUF_INIT(IMAGE_JSON_MAX)};
	int rc = pull(&p, ret, err);

	image_manifest_done(&p.manifest);
	image_config_done(&p.config);
	buf_done(&p.config_bytes);
	free(p.layers);
	free(p.wanted);
	return rc;
}
