/*
 * pull.c - docker pull: from the library that set-up made, until there is a registry
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

/* What set-up made, for those who ask for something else. */
static void
hint_library(const json_t *library, struct err *err)
{
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_free char *all = NULL;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)library, key, value)
	{
		if (!docker_is_ours(key))
			vec_take(&names, docker_familiar(key));
	}
	vec_sort(&names);
	all = vec_join(&names, ", ");
	if (names.len > 0)
		err_hint(err, "Images that 'drydock setup' made: %s", all);
	else
		err_hint(err, "'drydock setup' makes the images of the course");
}

static int
not_there(const struct image_ref *ref, const json_t *library, struct err *err)
{
	cleanup_free char *name = image_ref_familiar_name(ref);

	err_set(err, ERR_NOT_FOUND,
	    "pull access denied for %s, repository does not exist or may require "
	    "'docker login': this version of Drydock has no registry to pull from",
	    name);
	hint_library(library, err);
	return -1;
}

int
docker_pull_image(
    struct docker *d, const char *name, bool quiet, FILE *out, struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *key = NULL, *familiar = NULL;
	cleanup_json json_t *library = NULL;
	struct session *s = docker_session(d, err);
	const char *id;
	char had[65] = "";
	int found;

	if (s == NULL || image_ref_parse_tagged(name, &ref, err) < 0)
		return -1;
	key = image_ref_canonical(&ref);
	familiar = image_ref_familiar(&ref);
	library = store_library(d->store, err);
	if (library == NULL)
		return -1;
	id = docker_is_ours(key) ? NULL : json_get_str(library, key, NULL);
	if (id == NULL)
		return not_there(&ref, library, err);
	found = session_tag_get(s, key, had, err);
	if (found < 0 || session_tag_set(s, key, id, err) < 0)
		return -1;
	if (quiet)
		return 0;
	fprintf(out, "%s: Pulling from %s\nStatus: %s for %s\n", ref.tag, ref.path,
	    found > 0 && str_eq(had, id) ? "Image is up to date"
					 : "Downloaded newer image",
	    familiar);
	return 0;
}

int
docker_need_image(struct docker *d, const char *name, const char *pull, bool quiet,
    char id[65], struct err *err)
{
	struct session *s = docker_session(d, err);
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *familiar = NULL;

	if (s == NULL)
		return -1;
	if (!str_eq(pull, "always") && docker_find_image(s, name, id, NULL, err) == 0)
		return 0;
	if (!str_eq(pull, "always") &&
	    (err->kind != ERR_NOT_FOUND || str_eq(pull, "never")))
		return -1;
	if (image_ref_parse_tagged(name, &ref, err) < 0)
		return -1;
	familiar = image_ref_familiar(&ref);
	if (!quiet && !str_eq(pull, "always"))
		fprintf(stderr, "Unable to find image '%s' locally\n", familiar);
	if (docker_pull_image(d, name, quiet, stderr, err) < 0)
		return -1;
	return docker_find_image(s, name, id, NULL, err);
}

int
docker_pull(struct docker *d)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *key = NULL;
	const char *name = d->opts.args[0];
	bool quiet = opts_on(&d->opts, "quiet");
	struct err err = ERR_INIT;

	if (image_ref_parse(name, &ref, &err) < 0)
		return docker_failed(&err);
	if (ref.tag == NULL && ref.digest == NULL && !quiet) {
		printf("Using default tag: latest\n");
		fflush(stdout);
	}
	if (docker_pull_image(d, name, quiet, stdout, &err) < 0)
		return docker_refused(&err);
	image_ref_done(&ref);
	ref = (struct image_ref)IMAGE_REF_INIT;
	if (image_ref_parse_tagged(name, &ref, &err) < 0)
		return docker_failed(&err);
	key = image_ref_canonical(&ref);
	printf("%s\n", key);
	return 0;
}
