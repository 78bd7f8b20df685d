/*
 * push.c - an image of the store into a registry
 *
 * Layers side by side: one that the registry has is not sent, one that another repository
 * of it has is mounted from there, and only the rest is compressed and uploaded.  The
 * manifest comes last.  Its form is Docker's schema 2, as this engine's Docker pushes.
 */
#include "sandbox/base/hash.h"
#include "sandbox/registry/private.h"
#include <stdlib.h>

enum { UPLOADS = 3 };

struct push {
	struct registry *r;
	struct store *store;
	const char *name;
	const struct registry_watch *watch;
	struct image_config config;
	struct buf config_bytes;
	char (*chains)[65];
	size_t count;
};

/* Topmost first, as Docker goes. */
static size_t
layer_of(const struct push *p, size_t item)
{
	return p->count - 1 - item;
}

static const char *
diff_of(const struct push *p, size_t layer)
{
	return image_digest_hex(p->config.diff_ids.v[layer]);
}

static void
on_bytes(void *arg, int64_t bytes)
{
	(void)arg;
	crew_say(REGISTRY_PUSHING, bytes);
}

/* Another repository of this registry that had the layer: 1 mounted, 0 not. */
static int
mount_layer(struct push *p, struct registry *r, const char *diff, const char *digest,
    struct err *err)
{
	cleanup_vec struct vec seen = VEC_INIT;

	store_pressed_where(p->store, diff, &seen);
	for (size_t i = 0; i < seen.len; i++) {
		const char *from = str_after(seen.v[i], p->r->where.host);
		int rc;

		if (from == NULL || from[0] != '/' || str_eq(from + 1, p->name))
			continue;
		rc = registry_blob_mount(r, p->name, digest, from + 1, err);
		if (rc != 0) {
			crew_say(REGISTRY_MOUNTED, (int64_t)i);
			return rc;
		}
	}
	return 0;
}

static int
upload(struct push *p, struct registry *r, const struct store_pressed *l,
    const char *digest, struct err *err)
{
	cleanup_fd int fd = store_open_blob(p->store, l->hex, err);

	if (fd < 0 ||
	    registry_blob_put(r, p->name, digest, fd, l->size, on_bytes, NULL, err) < 0)
		return -1;
	crew_say(REGISTRY_PUSHED, l->size);
	return 0;
}

/* In a worker. */
static int
send_layer(void *arg, size_t item, struct err *err)
{
	struct push *p = arg;
	size_t layer = layer_of(p, item);
	const char *diff = diff_of(p, layer);
	cleanup_registry struct registry *r = registry_again(p->r);
	struct store_pressed l;
	char digest[IMAGE_DIGEST + 1];
	int rc;

	if (!store_pressed_find(p->store, diff, &l) &&
	    store_pressed_make(p->store, p->chains[layer], diff, &l, err) < 0)
		return -1;
	snprintf(digest, sizeof digest, "sha256:%s", l.hex);
	rc = registry_blob_has(r, p->name, digest, err);
	if (rc > 0)
		crew_say(REGISTRY_KNOWN, 0);
	if (rc == 0)
		rc = mount_layer(p, r, diff, digest, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	/* known by its digest only: its bytes are wanted after all */
	if (store_pressed_make(p->store, p->chains[layer], diff, &l, err) < 0)
		return -1;
	snprintf(digest, sizeof digest, "sha256:%s", l.hex);
	return upload(p, r, &l, digest, err);
}

static void
heard(void *arg, size_t item, int what, int64_t at)
{
	struct push *p = arg;
	const char *diff = diff_of(p, layer_of(p, item));
	cleanup_vec struct vec seen = VEC_INIT;
	struct store_pressed l = {.size = 0};
	const char *from = NULL;

	if (p->watch == NULL)
		return;
	store_pressed_find(p->store, diff, &l);
	if (what == REGISTRY_MOUNTED) {
		store_pressed_where(p->store, diff, &seen);
		from = at < (int64_t)seen.len ? strchr(seen.v[at], '/') + 1 : "";
	}
	p->watch->layer(p->watch->arg, diff, (enum registry_state)what, at, l.size, from);
}

static int
sent(void *arg, size_t item, struct err *err)
{
	struct push *p = arg;
	cleanup_free char *where = xasprintf("%s/%s", p->r->where.host, p->name);

	(void)err;
	store_pressed_seen(p->store, diff_of(p, layer_of(p, item)), where);
	return 0;
}

/* ---- the rest -----------------------------------------------------------------------
 */

static int
put_config(struct push *p, const char *digest, struct err *err)
{
	int has = registry_blob_has(p->r, p->name, digest, err);
	cleanup_fd int fd = -1;

	if (has != 0)
		return has < 0 ? -1 : 0;
	fd = store_open_blob(p->store, image_digest_hex(digest), err);
	if (fd < 0)
		return -1;
	return registry_blob_put(
	    p->r, p->name, digest, fd, (int64_t)p->config_bytes.len, NULL, NULL, err);
}

static int
put_manifest(struct push *p, const char *id, const char *tag, struct registry_image *ret,
    struct err *err)
{
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;
	cleanup_free char *json = NULL;
	char digest[IMAGE_DIGEST + 1], hex[HASH_HEX + 1];
	struct store_pressed l;
	size_t len;

	snprintf(digest, sizeof digest, "sha256:%s", id);
	image_set(&m.media_type, IMAGE_TYPE_DOCKER_MANIFEST);
	image_manifest_set_config(
	    &m, IMAGE_TYPE_DOCKER_CONFIG, digest, (int64_t)p->config_bytes.len);
	if (put_config(p, digest, err) < 0)
		return -1;
	for (size_t i = 0; i < p->count; i++) {
		if (!store_pressed_find(p->store, diff_of(p, i), &l))
			return err_set(err, ERR_NOT_FOUND, "layer %.12s was not kept",
			    diff_of(p, i));
		snprintf(digest, sizeof digest, "sha256:%s", l.hex);
		image_manifest_add_layer(
		    &m, IMAGE_TYPE_DOCKER_LAYER_GZIP, digest, l.size);
	}
	json = image_manifest_encode(&m, &len);
	if (registry_manifest_put(p->r, p->name, tag, m.media_type, json, len, err) < 0)
		return -1;
	hash_data(json, len, hex);
	snprintf(ret->digest, sizeof ret->digest, "sha256:%s", hex);
	ret->size = (int64_t)len;
	return 0;
}

static int
push(struct push *p, const char *id, const char *tag, struct registry_image *ret,
    struct err *err)
{
	char chain[65] = "";
	struct crew crew = {.at_once = UPLOADS,
	    .work = send_layer,
	    .heard = heard,
	    .done = sent,
	    .arg = p};

	str_copy(ret->id, sizeof ret->id, id);
	if (store_read_blob(p->store, id, &p->config_bytes, err) < 0 ||
	    image_config_decode(p->config_bytes.s, p->config_bytes.len, &p->config, err) <
		0)
		return -1;
	p->count = crew.count = p->config.diff_ids.len;
	p->chains = xcalloc(p->count + 1, sizeof *p->chains);
	for (size_t i = 0; i < p->count; i++) {
		store_chain_id(chain, diff_of(p, i), p->chains[i]);
		memcpy(chain, p->chains[i], sizeof chain);
	}
	for (size_t i = 0; i < p->count && p->watch != NULL; i++)
		heard(p, i, REGISTRY_PREPARING, 0);
	for (size_t i = 5; i < p->count && p->watch != NULL; i++)
		heard(p, i, REGISTRY_WAITING, 0);
	if (crew_run(&crew, err) < 0)
		return -1;
	return put_manifest(p, id, tag, ret, err);
}

int
registry_push(struct registry *r, struct store *store, const char *id, const char *name,
    const char *tag, const struct registry_watch *watch, struct registry_image *ret,
    struct err *err)
{
	struct push p = {.r = r,
	    .store = store,
	    .name = name,
	    .watch = watch,
	    .config = IMAGE_CONFIG_INIT,
	    .config_bytes = BUF_INIT(IMAGE_JSON_MAX)};
	int rc = push(&p, id, tag, ret, err);

	image_config_done(&p.config);
	buf_done(&p.config_bytes);
	free(p.chains);
	return rc;
}
