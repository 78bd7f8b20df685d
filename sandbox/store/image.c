/*
 * image.c - what `run` and `images` need of an image, without a hash
 *
 * store/run/ID is made when the image is added: {"chains":[...],"diffs":[...],
 * "size":n,"created":n,"config":{...}}, chains topmost first.  The path of a run is:
 * read this file, one fstatat a layer.  Only when something is missing is the program
 * asked that can hash and unpack.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* There when the program has linked it for another reason, NULL in all others: a weak
 * reference alone makes the linker fetch nothing. */
#pragma weak store_unpack_image

enum { ANSWER_MAX = 4096 };

void
store_image_done(struct store_image *i)
{
	vec_done(&i->chains);
	vec_done(&i->diffs);
	json_decref_p(&i->config);
	*i = (struct store_image)STORE_IMAGE_INIT;
}

static bool
all_hex(const struct vec *v)
{
	for (size_t i = 0; i < v->len; i++)
		if (!store_is_hex(v->v[i]))
			return false;
	return true;
}

int
store_run_read(struct store *s, const char *id, struct store_image *ret)
{
	cleanup_free char *path = xasprintf("run/%s", id);
	struct err ignored = ERR_INIT;
	cleanup_json json_t *j = json_read_file(s->dir, path, &ignored);
	json_t *config = json_object_get(j, "config");

	store_image_done(ret);
	if (!json_is_object(config))
		return 1;
	json_get_vec(j, "chains", &ret->chains);
	json_get_vec(j, "diffs", &ret->diffs);
	ret->size = json_get_int(j, "size", 0);
	ret->created = json_get_int(j, "created", IMAGE_NO_TIME);
	ret->config = json_incref(config);
	if (ret->chains.len == ret->diffs.len && all_hex(&ret->chains) &&
	    all_hex(&ret->diffs))
		return 0;
	store_image_done(ret);
	return 1;
}

bool
store_layer_in(struct store *s, enum idmap map, const char *chain)
{
	int dir = store_layers_of(s, map, NULL);
	struct stat st;

	return dir >= 0 && fstatat(dir, chain, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static const char *
first_missing(struct store *s, const struct store_image *i)
{
	/* the lowest first: it is the one to name */
	for (size_t k = i->chains.len; k > 0; k--)
		if (!store_layer_in(s, store_idmap(s), i->chains.v[k - 1]))
			return i->chains.v[k - 1];
	return NULL;
}

/* `build --unpack ID` says on standard output why it could not. */
static int
unpack_by_program(struct store *s, const char *id, struct err *err)
{
	extern char **environ;
	cleanup_free char *program = proc_program("build", err);
	cleanup_buf struct buf answer = BUF_INIT(ANSWER_MAX);
	cleanup_vec struct vec argv = VEC_INIT, env = VEC_INIT;
	struct proc_spec spec = {.errfd = -1, .in = -1};
	int code;

	if (program == NULL)
		return -1;
	vec_add(&argv, program);
	vec_add(&argv, "--unpack");
	vec_add(&argv, id);
	vec_add_all(&env, environ);
	vec_env_set(&env, "DRYDOCK_HOME", s->home);
	vec_env_set(&env, "DRYDOCK_IDMAP", idmap_name(store_idmap(s)));
	spec.argv = argv.v;
	spec.env = env.v;
	code = proc_capture(&spec, &answer, err);
	if (code == 0 || code < 0)
		return code;
	return err_set(err, ERR_NOT_FOUND, "%s",
	    answer.len > 0 ? str_trim(answer.s) : "cannot be unpacked");
}

static int
unpack(struct store *s, const char *id, struct err *err)
{
	int rc = store_unpack_image != NULL ? store_unpack_image(s, id, err)
					    : unpack_by_program(s, id, err);

	return rc < 0 ? err_while(err, "unpacking image %.12s", id) : 0;
}

static int
check_id(struct store *s, const char *id, struct err *err)
{
	if (!store_is_hex(id))
		return err_set(err, ERR_INPUT, "invalid image id '%s'", id);
	if (!store_has_blob(s, id))
		return err_set(err, ERR_NOT_FOUND, "No such image: sha256:%s", id);
	return 0;
}

int
store_load_image(
    struct store *s, const char *id, struct store_image *ret, struct err *err)
{
	const char *missing;
	int rc;

	if (check_id(s, id, err) < 0)
		return -1;
	rc = store_run_read(s, id, ret);
	if (rc == 0 && first_missing(s, ret) == NULL)
		return 0;
	if (unpack(s, id, err) < 0)
		return -1;
	rc = store_run_read(s, id, ret);
	missing = rc == 0 ? first_missing(s, ret) : "?";
	if (missing == NULL)
		return 0;
	return err_set(err, ERR_NOT_FOUND,
	    "image %.12s is incomplete: layer %.12s is missing", id, missing);
}

/* In some form: unpacked for any map, or as a blob. */
static bool
layer_exists(struct store *s, const char *chain, const char *diff)
{
	for (int map = 0; map < MAPS; map++) {
		cleanup_free char *path =
		    xasprintf("layers/%s/%s", idmap_name(map), chain);
		struct stat st;

		if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return store_has_blob(s, diff);
}

int
store_stat_image(
    struct store *s, const char *id, struct store_image *ret, struct err *err)
{
	if (check_id(s, id, err) < 0)
		return -1;
	if (store_run_read(s, id, ret) != 0) {
		if (unpack(s, id, err) < 0)
			return -1;
		if (store_run_read(s, id, ret) != 0)
			return err_set(
			    err, ERR_NOT_FOUND, "image %.12s is incomplete", id);
	}
	for (size_t i = 0; i < ret->chains.len; i++) {
		const char *chain = ret->chains.v[i],
			   *diff = ret->diffs.v[ret->diffs.len - 1 - i];

		if (!layer_exists(s, chain, diff))
			return err_set(err, ERR_NOT_FOUND,
			    "image %.12s is incomplete: layer %.12s is missing", id,
			    chain);
	}
	return 0;
}
