/*
 * images.c - one recipe, one layer, one config, one name in the library
 */
#include "sandbox/setup/images.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

const struct recipe_name images_all[] = {
    {"hello-world", "hello-world"},
    {"busybox", "busybox"},
    {"python", "python:3.9-slim"},
    {"workstation", "the workstation"},
    {"bookworm", "debian:bookworm-slim"},
};
const size_t images_count = ARRAY_LEN(images_all);

/* The id under which the library has this reference; "" when it has not. */
static void
library_id(struct store *s, const char *reference, char id[65])
{
	cleanup_json json_t *library = store_library(s, NULL);
	const char *found = library != NULL ? json_get_str(library, reference, "") : "";

	snprintf(id, 65, "%s", found);
}

bool
images_is_made(struct store *s, const char *recipe)
{
	cleanup_recipe struct recipe r = RECIPE_INIT;
	cleanup_store_image struct store_image image = STORE_IMAGE_INIT;
	const char *reference, *wanted;
	char id[65];

	if (recipe_load(recipe, &r, NULL) < 0 ||
	    (reference = recipe_get(&r, "image")) == NULL)
		return false;
	library_id(s, reference, id);
	wanted = recipe_get(&r, "id");
	if (id[0] == '\0' || (wanted != NULL && !str_eq(id, wanted)))
		return false;
	return store_stat_image(s, id, &image, NULL) == 0;
}

/* A child that writes the layer's tar into a pipe. */
static pid_t
start_writer(const struct kitchen *k, int *ret_fd, struct err *err)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "making a pipe");
	pid = fork();
	if (pid == 0) {
		char hex[65];
		struct err ignored = ERR_INIT;

		close(ends[0]);
		proc_reset_signals();
		_exit(
		    tree_write_tar(&k->tree, k->tree.layer, ends[1], hex, &ignored) < 0);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return err_sys(err, "starting a process");
	}
	*ret_fd = ends[0];
	return pid;
}

/* Puts the kitchen's last layer on parent, unless the store has it. */
static int
add_layer(struct store *s, const struct kitchen *k, const char *parent,
    struct store_layer *layer, struct err *err)
{
	cleanup_fd int tar = -1;
	char diff[65], chain[65];
	pid_t writer;
	int r;

	if (tree_write_tar(&k->tree, k->tree.layer, -1, diff, err) < 0)
		return -1;
	store_chain_id(parent, diff, chain);
	if (store_layer_find(s, chain, layer, err) == 1)
		return 0;
	writer = start_writer(k, &tar, err);
	if (writer < 0)
		return -1;
	r = store_layer_unpack(s, parent, tar, diff, false, layer, err);
	fd_close_p(&tar); /* a writer that nobody reads from ends */
	proc_wait(writer);
	return r;
}

/* Layers of the recipe's base, which is an image of the library already. */
static int
take_base(struct store *s, const struct recipe *r, struct image_config *config,
    char chain[65], struct err *err)
{
	const char *name = recipe_get(r, "base");
	cleanup_recipe struct recipe base = RECIPE_INIT;
	cleanup_image_config struct image_config from = IMAGE_CONFIG_INIT;
	char id[65];

	chain[0] = '\0';
	vec_done(&config->diff_ids);
	if (name == NULL)
		return 0;
	if (recipe_load(name, &base, err) < 0)
		return -1;
	library_id(s, recipe_get(&base, "image"), id);
	if (store_read_config(s, id, &from, err) < 0)
		return err_while(err, "the base %s", name);
	for (size_t i = 0; i < from.diff_ids.len; i++) {
		char above[65];

		vec_add(&config->diff_ids, from.diff_ids.v[i]);
		store_chain_id(chain, image_digest_hex(from.diff_ids.v[i]), above);
		memcpy(chain, above, sizeof above);
	}
	return 0;
}

static int
check_id(const struct recipe *r, const char *id, struct err *err)
{
	const char *wanted = recipe_get(r, "id");

	if (wanted == NULL || str_eq(wanted, id))
		return 0;
	err_set(err, ERR_CORRUPT,
	    "the image came out as %.12s instead of %.12s: this is a mistake in drydock",
	    id, wanted);
	return err_hint(err, "please report it, with the output of drydock version");
}

static int
add_config(struct store *s, struct image_config *config, char id[65], struct err *err)
{
	cleanup_free char *json = NULL;
	size_t len;

	image_set(&config->architecture, "amd64");
	image_set(&config->os, "linux");
	config->created = TREE_EPOCH * NS_PER_S;
	json = image_config_encode(config, &len);
	return store_add_image(s, json, len, id, err);
}

int
images_make(
    struct store *s, struct kitchen *k, const char *recipe, char *ret_id, struct err *err)
{
	cleanup_recipe struct recipe r = RECIPE_INIT;
	struct store_layer layer;
	char parent[65];
	cleanup_hold struct store *held = store_hold(s, err);

	if (held == NULL || recipe_load(recipe, &r, err) < 0 ||
	    kitchen_make(k, recipe, err) < 0)
		return -1;
	if (recipe_get(&r, "image") == NULL)
		return err_set(err, ERR_INPUT, "recipe %s names no image", recipe);
	if (take_base(s, &r, &k->config, parent, err) < 0 ||
	    add_layer(s, k, parent, &layer, err) < 0)
		return -1;
	vec_addf(&k->config.diff_ids, "sha256:%s", layer.diff);
	if (add_config(s, &k->config, ret_id, err) < 0 || check_id(&r, ret_id, err) < 0)
		return -1;
	return store_library_set(s, recipe_get(&r, "image"), ret_id, err);
}
