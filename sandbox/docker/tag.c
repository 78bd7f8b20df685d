/*
 * tag.c - docker tag
 */
#include "sandbox/docker/command.h"

int
docker_tag(struct docker *d)
{
	const char *source = d->opts.args[0], *target = d->opts.args[1];
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *key = NULL;
	struct err err = ERR_INIT;
	struct session *s;
	char id[65];

	if (image_ref_parse_tagged(target, &ref, &err) < 0) {
		fprintf(stderr,
		    "Error parsing reference: \"%s\" is not a valid repository/tag: %s\n",
		    target, err.text);
		return 1;
	}
	key = image_ref_canonical(&ref);
	s = docker_session(d, &err);
	if (s == NULL)
		return docker_failed(&err);
	if (docker_is_ours(key))
		err_set(&err, ERR_INPUT, "the name %s is Drydock's own", ref.domain);
	else if (docker_find_image(s, source, id, NULL, &err) == 0 &&
		 session_tag_set(s, key, id, &err) == 0) {
		docker_image_event(s, "tag", id, key);
		return 0;
	}
	return docker_refused(&err);
}
