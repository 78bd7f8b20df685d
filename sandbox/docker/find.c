/*
 * find.c - images by what the user calls them
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

bool
docker_is_ours(const char *canonical)
{
	return str_starts(canonical, DOCKER_OURS "/");
}

char *
docker_familiar(const char *canonical)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;

	if (image_ref_parse(canonical, &ref, NULL) < 0)
		return xstrdup(canonical);
	return image_ref_familiar(&ref);
}

/* By full id or a unique beginning of one; 1 found, 0 not, -1 error. */
static int
find_by_id(struct session *s, const char *name, char id[65], struct err *err)
{
	cleanup_session_images struct session_images images = {0};
	const char *hex = str_after(name, "sha256:");
	int found = 0;

	hex = hex != NULL ? hex : name;
	if (!image_is_id_prefix(name))
		return 0;
	if (session_images(s, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < images.len; i++) {
		if (!str_starts(images.list[i].id, hex))
			continue;
		memcpy(id, images.list[i].id, 65);
		found++;
	}
	/* Docker treats an ambiguous beginning as no image at all */
	return found == 1;
}

int
docker_find_image(
    struct session *s, const char *name, char id[65], char **canonical, struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *key = NULL, *familiar = NULL;
	bool is_ref = image_ref_parse_tagged(name, &ref, err) == 0;
	int found = 0;

	if (canonical != NULL)
		*canonical = NULL;
	if (is_ref) {
		key = image_ref_canonical(&ref);
		found = session_tag_get(s, key, id, err);
		if (found > 0 && canonical != NULL)
			*canonical = take_ptr(key);
	}
	if (found == 0)
		found = find_by_id(s, name, id, err);
	if (found != 0)
		return found > 0 ? 0 : -1;
	if (!is_ref && !image_is_id_prefix(name))
		return -1; /* err: why it is no reference */
	familiar = is_ref ? image_ref_familiar(&ref) : xstrdup(name);
	return err_set(err, ERR_NOT_FOUND, "No such image: %s", familiar);
}

void
docker_image_event(
    struct session *s, const char *action, const char *id, const char *name)
{
	cleanup_free char *digest = xasprintf("sha256:%s", id);

	session_event(s, "image", action, digest,
	    json_pack("{s:s}", "name", name != NULL ? name : digest));
}
