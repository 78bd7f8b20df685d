/*
 * pull_remote.c - docker pull, in the program that speaks to registries
 *
 * Words: moby, distribution/pull_v2.go and errors.go.
 */
#include "sandbox/docker/remote.h"
#include <stdlib.h>
#include <unistd.h>

static bool
session_has(void *arg, const char *id)
{
	struct docker *d = arg;
	cleanup_session_images struct session_images images = {0};
	cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;

	if (session_images(d->session, &images, NULL) < 0)
		return false;
	for (size_t i = 0; i < images.len; i++)
		if (str_eq(images.list[i].id, id))
			return store_stat_image(d->store, id, &facts, NULL) == 0;
	return false;
}

/* What a registry says of an image that it does not give, as the engine frames it. */
static int
frame_error(const struct image_ref *ref, struct err *err)
{
	cleanup_free char *name = image_ref_familiar_name(ref),
			  *whole = image_ref_familiar(ref);

	if (str_starts(err->text, "denied: "))
		return err_while(err,
		    "pull access denied for %s, repository does not exist or may require "
		    "'docker login'",
		    name);
	if (str_starts(err->text, "manifest unknown: "))
		return err_while(err, "manifest for %s not found", whole);
	if (str_starts(err->text, "name unknown: "))
		return err_while(err, "repository %s not found", name);
	return -1;
}

/* "linux/arm64/v8", "arm64"; os stays linux.  The parts are borrowed from text. */
static void
split_platform(char *text, struct registry_wish *w)
{
	char *slash = strchr(text, '/');

	w->os = "linux";
	w->architecture = docker_architecture();
	w->variant = NULL;
	if (slash != NULL) {
		*slash = '\0';
		w->os = text;
		w->architecture = slash + 1;
		slash = strchr(slash + 1, '/');
		if (slash != NULL) {
			*slash = '\0';
			w->variant = slash + 1;
		}
	} else if (*text != '\0' && !str_eq(text, "linux")) {
		w->architecture = text;
	}
}

/* Points the name, and the name by digest, at what came. */
static int
set_names(struct docker *d, const struct image_ref *ref, const struct registry_image *got,
    bool *ret_new, struct err *err)
{
	cleanup_free char *key = image_ref_canonical(ref);
	cleanup_free char *by_digest =
	    xasprintf("%s/%s@%s", ref->domain, ref->path, got->digest);
	char before[65] = "";
	int found = session_tag_get(d->session, key, before, err);

	if (found < 0 || session_tag_set(d->session, by_digest, got->id, err) < 0 ||
	    (ref->tag != NULL && session_tag_set(d->session, key, got->id, err) < 0))
		return -1;
	*ret_new = found == 0 || !str_eq(before, got->id);
	return 0;
}

int
remote_pull(struct docker *d, struct registry *r, const struct image_ref *ref,
    const char *platform, struct progress *p, bool *ret_new, struct err *err)
{
	cleanup_hold struct store *held = store_hold(d->store, err);
	cleanup_free char *parts = xstrdup(platform != NULL ? platform : "");
	struct registry_watch watch = progress_watch(p);
	struct registry_image got;
	struct registry_wish w = {.name = ref->path,
	    .reference = ref->digest != NULL ? ref->digest : ref->tag,
	    .has = session_has,
	    .has_arg = d};
	cleanup_free char *whole = image_ref_canonical(ref), *shown = NULL;
	struct registry_manifest m = REGISTRY_MANIFEST_INIT;

	if (held == NULL)
		return -1;
	split_platform(parts, &w);
	/* nothing is said of an image that is not there */
	if (registry_manifest_get(r, w.name, w.reference, &m, err) < 0)
		return frame_error(ref, err);
	registry_manifest_done(&m);
	progress_line(
	    p, "%s: Pulling from %s", ref->digest != NULL ? whole : ref->tag, ref->path);
	if (registry_pull(r, d->store, &w, &watch, &got, err) < 0)
		return frame_error(ref, err);
	if (set_names(d, ref, &got, ret_new, err) < 0)
		return -1;
	progress_line(p, "Digest: %s", got.digest);
	shown = image_ref_familiar(ref);
	session_event(
	    d->session, "image", "pull", shown, json_pack("{s:s}", "name", shown));
	return 0;
}

/* Opens the registry, pulls, and says how it ended. */
static int
pull_one(struct docker *d, const struct image_ref *ref, const char *platform, FILE *out,
    bool quiet, struct err *err)
{
	cleanup_registry struct registry *r = NULL;
	cleanup_progress struct progress *p = progress_new(d, out, quiet);
	cleanup_free char *shown = image_ref_familiar(ref);
	bool newer;

	if (docker_session(d, err) == NULL ||
	    remote_open(d, ref->domain, NULL, &r, err) < 0 ||
	    remote_pull(d, r, ref, platform, p, &newer, err) < 0)
		return -1;
	progress_line(p, "Status: %s for %s",
	    newer ? "Downloaded newer image" : "Image is up to date", shown);
	return 0;
}

static int
pull_all_tags(struct docker *d, const struct image_ref *ref, struct err *err)
{
	cleanup_registry struct registry *r = NULL;
	cleanup_progress struct progress *p =
	    progress_new(d, stdout, opts_on(&d->opts, "quiet"));
	cleanup_free char *name = image_ref_familiar_name(ref);
	cleanup_vec struct vec tags = VEC_INIT;
	bool newer = false;

	if (docker_session(d, err) == NULL ||
	    remote_open(d, ref->domain, NULL, &r, err) < 0)
		return -1;
	if (registry_tags(r, ref->path, &tags, err) < 0)
		return frame_error(ref, err);
	for (size_t i = 0; i < tags.len; i++) {
		struct image_ref one = *ref;
		bool changed;

		one.tag = tags.v[i];
		if (remote_pull(
			d, r, &one, opts_str(&d->opts, "platform"), p, &changed, err) < 0)
			return -1;
		newer = newer || changed;
	}
	progress_line(p, "Status: %s for %s",
	    newer ? "Downloaded newer image" : "Image is up to date", name);
	return 0;
}

int
docker_pull(struct docker *d)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *key = NULL;
	const char *name = d->opts.args[0];
	bool quiet = opts_on(&d->opts, "quiet"), all = opts_on(&d->opts, "all-tags");
	struct err err = ERR_INIT;
	int rc;

	if (image_ref_parse(name, &ref, &err) < 0)
		return docker_failed(&err);
	if (all && (ref.tag != NULL || ref.digest != NULL)) {
		fprintf(stderr, "tag can't be used with --all-tags/-a\n");
		return 1;
	}
	if (!all && ref.tag == NULL && ref.digest == NULL) {
		if (!quiet)
			printf("Using default tag: latest\n");
		fflush(stdout);
		ref.tag = xstrdup("latest");
	}
	rc = all ? pull_all_tags(d, &ref, &err) : 0;
	if (!all) {
		rc = docker_pull_library(d, &ref, quiet, stdout, &err);
		if (rc == 0)
			rc = pull_one(
			    d, &ref, opts_str(&d->opts, "platform"), stdout, quiet, &err);
	}
	if (rc < 0)
		return docker_refused(&err);
	key = image_ref_canonical(&ref);
	if (str_eq(ref.domain, "docker.io") || !all)
		printf("%s\n", key);
	else
		printf("%s/%s\n", ref.domain, ref.path);
	return 0;
}

/* `fetch --pull REFERENCE QUIET PLATFORM`: see docker_pull_image(). */
int
docker_pull_main(int argc, char **argv)
{
	struct docker d = {.client = CLIENT_INIT};
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	struct err err = ERR_INIT;
	bool pulled =
	    argc == 4 && client_init(&d.client, &err) == 0 &&
	    image_ref_parse_tagged(argv[1], &ref, &err) == 0 &&
	    pull_one(&d, &ref, argv[3], stderr, str_eq(argv[2], "quiet"), &err) == 0;

	client_done(&d.client);
	session_free(d.session);
	store_free(d.store);
	if (!pulled)
		err_send(STDOUT_FILENO, &err);
	return !pulled;
}
