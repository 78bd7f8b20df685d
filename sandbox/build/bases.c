/*
 * bases.c - the images that FROM and COPY --from name
 *
 * Looked up among the session's tags; one that is not there is pulled, and known to this
 * build alone: it is none of the session's images afterwards, as in Docker.  An image
 * that is nowhere fails with the words of a registry that does not have it.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

void
build_image_free(struct build_image *i)
{
	if (i == NULL)
		return;
	free(i->name);
	free(i->canonical);
	image_config_done(&i->config);
	vec_done(&i->chains);
	free(i);
}

static void
set_missing(struct builder *b, const struct image_ref *ref, const char *canonical,
    struct err *err)
{
	struct session_images all = {0};
	bool repository = false;
	cleanup_free char *name = xasprintf("%s/%s:", ref->domain, ref->path);

	if (session_images(b->session, &all, err) == 0)
		for (size_t i = 0; i < all.len; i++)
			for (size_t k = 0; k < all.list[i].tags.len; k++)
				repository |= str_starts(all.list[i].tags.v[k], name);
	session_images_done(&all);
	if (repository)
		err_set(err, ERR_NOT_FOUND, "%s: not found", canonical);
	else
		err_set(err, ERR_NOT_FOUND,
		    "pull access denied, repository does not exist or may require "
		    "authorization: server message: insufficient_scope: authorization "
		    "failed");
}

/* 1 it came, its id in image->id; 0 it is nowhere. */
static int
pull_image(struct builder *b, struct build_image *image, struct err *err)
{
	struct session_images before = {0};
	struct err ignored = ERR_INIT;
	bool had = false;
	int found;

	if (b->spec->pull == NULL || session_images(b->session, &before, err) < 0)
		return b->spec->pull == NULL ? 0 : -1;
	if (b->spec->pull(b->spec->pull_user, image->canonical, &ignored) < 0) {
		session_images_done(&before);
		return 0;
	}
	found = session_tag_get(b->session, image->canonical, image->id, err);
	for (size_t i = 0; i < before.len; i++)
		had |= str_eq(before.list[i].id, image->id);
	session_images_done(&before);
	if (found > 0 && (had ? session_tag_remove(b->session, image->canonical, err)
			      : session_image_remove(b->session, image->id, err)) < 0)
		return -1;
	return found;
}

/* Fills id, config and chains.  The error is a registry's. */
static int
load_image(struct builder *b, struct build_image *image, struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_store_image struct store_image layers = STORE_IMAGE_INIT;
	int found;

	if (image_ref_parse_tagged(image->name, &ref, err) < 0)
		return -1;
	found = session_tag_get(b->session, image->canonical, image->id, err);
	if (found == 0)
		found = pull_image(b, image, err);
	if (found < 0)
		return -1;
	if (found == 0) {
		set_missing(b, &ref, image->canonical, err);
		return -1;
	}
	if (store_read_config(b->store, image->id, &image->config, err) < 0 ||
	    store_load_image(b->store, image->id, &layers, err) < 0)
		return -1;
	vec_add_all(&image->chains, layers.chains.v);
	return 0;
}

static struct build_image *
new_image(const char *name, struct dockerfile_range lines, struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	struct build_image *image;

	if (image_ref_parse_tagged(name, &ref, err) < 0) {
		struct err why = *err;
		err_set(err, ERR_INPUT, "failed to parse stage name \"%s\": %.800s", name,
		    why.text);
		return NULL;
	}
	image = xcalloc(1, sizeof *image);
	*image = (struct build_image){.name = xstrdup(name),
	    .canonical = image_ref_canonical(&ref),
	    .config = IMAGE_CONFIG_INIT,
	    .chains = VEC_INIT,
	    .lines = lines};
	return image;
}

struct build_image *
build_image_get(
    struct builder *b, const char *name, struct dockerfile_range lines, struct err *err)
{
	struct build_image *image = new_image(name, lines, err);

	b->where = lines;
	if (image == NULL)
		return NULL;
	for (size_t i = 0; i < b->nimages; i++) {
		if (str_eq(b->images[i]->canonical, image->canonical)) {
			build_image_free(image);
			return b->images[i];
		}
	}
	cleanup_free char *vertex =
	    xasprintf("[internal] load metadata for %s", image->canonical);
	struct build_vertex v = build_start(b, vertex);
	if (load_image(b, image, err) < 0) {
		build_fail(b, &v, err);
		struct err why = *err;
		err_set(err, why.kind,
		    "%s: failed to resolve source metadata for %s: %.1200s", name,
		    image->canonical, why.text);
		build_image_free(image);
		return NULL;
	}
	build_end(b, &v, BUILD_DONE);
	b->images = xrealloc(b->images, (b->nimages + 1) * sizeof *b->images);
	b->images[b->nimages++] = image;
	return image;
}
