/*
 * push.c - docker push
 *
 * Words: moby, distribution/push.go.  Errors of a push come in the stream of its
 * progress, so they are printed without the daemon's frame.
 */
#include "sandbox/docker/remote.h"
#include <stdlib.h>

static int
push_one(struct docker *d, struct registry *r, const char *canonical, struct progress *p,
    struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	struct registry_watch watch = progress_watch(p);
	cleanup_free char *by_digest = NULL, *shown = docker_familiar(canonical);
	struct registry_image sent;
	char id[65];

	if (image_ref_parse(canonical, &ref, err) < 0)
		return -1;
	if (session_tag_get(d->session, canonical, id, err) <= 0)
		return err_set(err, ERR_NOT_FOUND, "tag does not exist: %s", shown);
	if (registry_push(r, d->store, id, ref.path, ref.tag, &watch, &sent, err) < 0)
		return -1;
	by_digest = xasprintf("%s/%s@%s", ref.domain, ref.path, sent.digest);
	if (session_tag_set(d->session, by_digest, id, err) < 0)
		return -1;
	progress_line(
	    p, "%s: digest: %s size: %lld", ref.tag, sent.digest, (long long)sent.size);
	session_event(
	    d->session, "image", "push", shown, json_pack("{s:s}", "name", shown));
	return 0;
}

/* The local tags of the repository that are to go; with a tag only that one. */
static int
find_tags(struct docker *d, const struct image_ref *ref, struct vec *ret, struct err *err)
{
	cleanup_session_images struct session_images images = {0};
	cleanup_free char *repository = xasprintf("%s/%s:", ref->domain, ref->path);
	cleanup_free char *wanted = ref->tag != NULL ? image_ref_canonical(ref) : NULL;

	if (session_images(d->session, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < images.len; i++) {
		for (size_t t = 0; t < images.list[i].tags.len; t++) {
			const char *tag = images.list[i].tags.v[t];

			if (wanted != NULL ? str_eq(tag, wanted)
					   : str_starts(tag, repository))
				vec_add(ret, tag);
		}
	}
	vec_sort(ret);
	return 0;
}

static int
push_all(
    struct docker *d, const struct image_ref *ref, struct progress *p, struct err *err)
{
	cleanup_free char *name = image_ref_familiar_name(ref);
	cleanup_registry struct registry *r = NULL;
	cleanup_vec struct vec tags = VEC_INIT;

	progress_line(p, "The push refers to repository [%s/%s]", ref->domain, ref->path);
	if (find_tags(d, ref, &tags, err) < 0)
		return -1;
	if (tags.len == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "An image does not exist locally with the tag: %s", name);
	if (remote_open(d, ref->domain, NULL, &r, err) < 0)
		return -1;
	for (size_t i = 0; i < tags.len; i++)
		if (push_one(d, r, tags.v[i], p, err) < 0)
			return -1;
	return 0;
}

int
docker_push(struct docker *d)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_progress struct progress *p = NULL;
	cleanup_free char *shown = NULL;
	bool all = opts_on(&d->opts, "all-tags"), quiet = opts_on(&d->opts, "quiet");
	struct err err = ERR_INIT;

	if (image_ref_parse(d->opts.args[0], &ref, &err) < 0)
		return docker_failed(&err);
	if (all && (ref.tag != NULL || ref.digest != NULL)) {
		fprintf(stderr, "tag can't be used with --all-tags/-a\n");
		return 1;
	}
	if (ref.digest != NULL) {
		fprintf(stderr, "cannot push a digest reference\n");
		return 1;
	}
	if (!all && ref.tag == NULL) {
		if (!quiet)
			printf("Using default tag: latest\n");
		ref.tag = xstrdup("latest");
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	p = progress_new(d, stdout, quiet);
	if (push_all(d, &ref, p, &err) < 0)
		return docker_failed(&err);
	if (quiet) {
		shown = image_ref_canonical(&ref);
		printf("%s\n", shown);
	}
	return 0;
}
