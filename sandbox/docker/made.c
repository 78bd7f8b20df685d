/*
 * made.c - an image that is made without a build: commit, import
 */
#include "sandbox/docker/made.h"
#include "sandbox/build/build.h"
#include <stdlib.h>

int
made_ref(const char *text, struct image_ref *ret, struct err *err)
{
	if (image_ref_parse_tagged(text, ret, err) < 0)
		return -1;
	if (ret->digest != NULL)
		return err_set(
		    err, ERR_INPUT, "refusing to create a tag with a digest reference");
	if (str_eq(ret->domain, DOCKER_OURS))
		return err_set(
		    err, ERR_INPUT, "the name %s is Drydock's own", ret->domain);
	return 0;
}

int
made_change(struct docker *d, struct image_config *config, struct err *err)
{
	cleanup_vec struct vec changes = VEC_INIT;
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "change", &i)) != NULL;)
		vec_add(&changes, v);
	return changes.len > 0 ? build_change(config, &changes, err) : 0;
}

int
made_image(struct docker *d, const struct image_config *config,
    const struct image_ref *ref, char id[65], struct err *err)
{
	size_t len;
	cleanup_free char *json = image_config_encode(config, &len);
	cleanup_free char *key = ref != NULL ? image_ref_canonical(ref) : NULL;

	if (store_add_image(d->store, json, len, id, err) < 0 ||
	    session_tag_set(d->session, key, id, err) < 0)
		return -1;
	if (ref != NULL)
		docker_image_event(d->session, "tag", id, key);
	printf("sha256:%s\n", id);
	return 0;
}
