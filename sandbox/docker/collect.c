/*
 * collect.c - layers that nobody needs any more: who is told, and who takes them
 *
 * Two views.  The student's: an image of the session that is removed takes along the
 * layers that no other image, container or record of the build cache stands on; so it is
 * told.  The disk's: other sessions, checkpoints, hubs and the library may need them
 * still; only what nobody at all needs is taken away.
 */
#include "sandbox/docker/collect.h"
#include "sandbox/hub/hub.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- the student's view ------------------------------------------------------------ */

void
docker_image_layers(struct docker *d, const char *id, struct vec *ret)
{
	cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;

	if (store_stat_image(d->store, id, &facts, NULL) < 0)
		return;
	for (size_t i = 0; i < facts.chains.len; i++)
		if (!vec_has(ret, facts.chains.v[i]))
			vec_add(ret, facts.chains.v[i]);
}

struct claim {
	struct docker *d;
	struct vec *left; /* nobody has claimed them yet */
};

static void
claim(struct claim *c, const char *chain)
{
	for (size_t i = 0; i < c->left->len; i++)
		if (str_eq(c->left->v[i], chain))
			vec_remove(c->left, i--);
}

static void
claim_image(struct claim *c, const char *id)
{
	cleanup_vec struct vec chains = VEC_INIT;

	docker_image_layers(c->d, id, &chains);
	for (size_t i = 0; i < chains.len; i++)
		claim(c, chains.v[i]);
}

/* A record's layer and all below it. */
static void
claim_record(void *user, const char *key, const json_t *value, int64_t used)
{
	struct claim *c = user;
	struct store_layer l;
	char chain[65];

	(void)key;
	(void)used;
	snprintf(chain, sizeof chain, "%s", json_get_str(value, "chain", ""));
	while (*chain != '\0' && c->left->len > 0) {
		claim(c, chain);
		if (store_layer_find(c->d->store, chain, &l, NULL) != 1)
			break;
		memcpy(chain, l.parent, sizeof chain);
	}
}

int
docker_unclaimed(struct docker *d, struct vec *chains, struct err *err)
{
	struct claim c = {.d = d, .left = chains};
	cleanup_session_images struct session_images images = {0};
	struct docker_row *rows = NULL;
	ssize_t n;

	if (session_images(d->session, &images, err) < 0 ||
	    (n = docker_rows(d->session, &rows, err)) < 0)
		return -1;
	for (size_t i = 0; i < images.len && chains->len > 0; i++)
		claim_image(&c, images.list[i].id);
	for (ssize_t i = 0; i < n && chains->len > 0; i++)
		claim_image(&c, rows[i].config->image_id);
	docker_rows_free(rows, (size_t)n);
	return chains->len == 0 ? 0 : store_cache_each(d->store, claim_record, &c, err);
}

int64_t
docker_layers_size(struct docker *d, const struct vec *chains)
{
	int64_t sum = 0;

	for (size_t i = 0; i < chains->len; i++) {
		struct store_layer l;

		if (store_layer_find(d->store, chains->v[i], &l, NULL) == 1)
			sum += l.size;
	}
	return sum;
}

/* ---- the disk's -------------------------------------------------------------------- */

static void
keep_image(void *user, const char *id)
{
	store_gc_keep_image(user, id);
}

static int
keep_repository(struct store_gc *g, int hub, const char *name, struct err *err)
{
	static const char *const members[] = {"manifests", "blobs"};
	cleanup_json json_t *repo = hub_repository(hub, name, err);
	const char *hex;
	json_t *value;

	if (repo == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		json_object_foreach(json_object_get(repo, members[i]), hex, value)
		    store_gc_keep_blob(g, hex);
	return 0;
}

static int
keep_hub(struct docker *d, struct store_gc *g, const char *session, struct err *err)
{
	cleanup_free char *path = xasprintf("sessions/%s/hub", session);
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_fd int hub = openat(store_home_dir(d->store), path,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (hub < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot open '%s'", path);
	if (hub_repositories(hub, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++)
		if (keep_repository(g, hub, names.v[i], err) < 0)
			return -1;
	return 0;
}

int
docker_collect(struct docker *d, struct err *err)
{
	cleanup_gc struct store_gc *g = NULL;
	cleanup_vec struct vec names = VEC_INIT;
	int rc = store_gc_begin(d->store, &g, err);

	if (rc <= 0)
		return rc;
	if (session_roots(d->store, keep_image, g, err) < 0 ||
	    session_list(d->store, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.len; i++)
		if (keep_hub(d, g, names.v[i], err) < 0)
			return -1;
	return store_gc_run(g, err);
}
