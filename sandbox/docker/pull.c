/*
 * pull.c - images for commands that need one: from the library that set-up made, or from
 * a registry by way of the program `fetch`
 *
 * This file is linked by the everyday program, which knows no network.
 */
#include "sandbox/docker/command.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

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

int
docker_pull_library(
    struct docker *d, const struct image_ref *ref, bool quiet, FILE *out, struct err *err)
{
	cleanup_free char *key = image_ref_canonical(ref),
			  *familiar = image_ref_familiar(ref);
	cleanup_json json_t *library = NULL;
	struct session *s = docker_session(d, err);
	const char *id;
	char had[65] = "";
	int found;

	library = s != NULL ? store_library(d->store, err) : NULL;
	if (library == NULL)
		return -1;
	id = docker_is_ours(key) ? NULL : json_get_str(library, key, NULL);
	if (id == NULL)
		return 0;
	found = session_tag_get(s, key, had, err);
	if (found < 0 || session_tag_set(s, key, id, err) < 0)
		return -1;
	if (!quiet)
		fprintf(out, "%s: Pulling from %s\nStatus: %s for %s\n", ref->tag,
		    ref->path,
		    found > 0 && str_eq(had, id) ? "Image is up to date"
						 : "Downloaded newer image",
		    familiar);
	return 1;
}

/* `fetch --pull REFERENCE quiet|loud PLATFORM`: progress on standard error; what went
 * wrong comes as an error object on standard output. */
static int
pull_by_program(struct docker *d, const char *canonical, bool quiet, const char *platform,
    struct err *err)
{
	cleanup_free char *program = proc_program("fetch", err);
	cleanup_vec struct vec env = VEC_INIT;
	int ends[2], rc, keep[2];
	char *const argv[] = {program, (char *)(uintptr_t) "--pull",
	    (char *)(uintptr_t)canonical, (char *)(uintptr_t)(quiet ? "quiet" : "loud"),
	    (char *)(uintptr_t)(platform != NULL ? platform : ""), NULL};
	struct proc_spec spec = {.argv = argv, .in = -1, .keep = keep};
	pid_t pid;

	if (program == NULL)
		return -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	client_pass(&d->client, &env, keep, &spec.nkeep);
	vec_env_set(&env, "DRYDOCK_HOME", store_home(d->store));
	vec_env_set(&env, "DRYDOCK_SESSION", session_name(d->session));
	spec.env = env.v;
	spec.out = ends[1];
	pid = proc_start(&spec, err);
	close(ends[1]);
	rc = pid < 0 ? -1 : err_recv(ends[0], err);
	close(ends[0]);
	if (pid < 0 || proc_wait(pid) == 0)
		return pid < 0 ? -1 : 0;
	return rc != 0 ? -1 : err_set(err, ERR_SYS, "the program 'fetch' failed");
}

int
docker_pull_image(
    struct docker *d, const char *name, bool quiet, const char *platform, struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *key = NULL;
	cleanup_json json_t *library = NULL;
	int rc;

	if (image_ref_parse_tagged(name, &ref, err) < 0)
		return -1;
	rc = docker_pull_library(d, &ref, quiet, stderr, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	key = image_ref_canonical(&ref);
	rc = pull_by_program(d, key, quiet, platform, err);
	if (rc < 0 && str_eq(ref.domain, "docker.io") &&
	    (library = store_library(d->store, NULL)) != NULL)
		hint_library(library, err);
	return rc;
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
	err_clear(err);
	if (docker_pull_image(d, name, quiet, opts_str(&d->opts, "platform"), err) < 0)
		return -1;
	return docker_find_image(s, name, id, NULL, err);
}
