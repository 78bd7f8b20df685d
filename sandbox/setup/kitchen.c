/*
 * kitchen.c - does what a recipe says, line by line
 */
#include "sandbox/setup/assets.h"
#include "sandbox/setup/words.h"
#include <stdlib.h>

void
kitchen_done(struct kitchen *k)
{
	tree_done(&k->tree);
	dpkg_done(&k->dpkg);
	lock_done(&k->lock);
	image_config_done(&k->config);
	free(k->made);
}

/* Optional MODE UID GID from args[at] on. */
static int
set_owner(struct node *n, const struct vec *args, size_t at, struct err *err)
{
	uint64_t uid = 0, gid = 0;

	if (args->len > at)
		n->mode = (mode_t)strtoul(args->v[at], NULL, 8) & 07777;
	if ((args->len > at + 1 && !str_to_u64(args->v[at + 1], UINT16_MAX, &uid)) ||
	    (args->len > at + 2 && !str_to_u64(args->v[at + 2], UINT16_MAX, &gid)))
		return err_set(err, ERR_INPUT, "not an owner");
	n->uid = (uid_t)uid;
	n->gid = (gid_t)gid;
	return 0;
}

static int
word_dir(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	struct node *n = tree_dir(&k->tree, l->args.v[1]);

	n->layer = k->tree.layer;
	return set_owner(n, &l->args, 2, err);
}

static int
word_link(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	(void)err;
	tree_link(&k->tree, l->args.v[1], l->args.v[2]);
	return 0;
}

static int
word_file(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	for (size_t i = 0; i < l->body.len; i++)
		buf_addf(&text, "%s\n", l->body.v[i]);
	return set_owner(
	    tree_file(&k->tree, l->args.v[1], text.s, text.len), &l->args, 2, err);
}

static int
word_copy(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	const struct node *from = tree_find(&k->tree, l->args.v[2]);

	if (from == NULL || from->type != NODE_FILE)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", l->args.v[2]);
	tree_file(&k->tree, l->args.v[1], from->data, from->len);
	return 0;
}

static int
word_asset(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	size_t len;
	const char *data = asset(l->args.v[2], &len);

	if (data == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no asset %s", l->args.v[2]);
	tree_file(&k->tree, l->args.v[1], data, len);
	return 0;
}

static int
word_links(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < l->body.len; i++) {
		cleanup_vec struct vec names = VEC_INIT;

		vec_split(&names, l->body.v[i], " ");
		for (size_t n = 0; n < names.len; n++) {
			cleanup_free char *path = path_join(l->args.v[2], names.v[n]);

			tree_link(&k->tree, path, l->args.v[1]);
		}
	}
	return 0;
}

static int
word_patch(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	struct node *n = tree_find(&k->tree, l->args.v[1]);

	if (n == NULL || n->type != NODE_FILE)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", l->args.v[1]);
	return recipe_patch(&l->body, &n->data, &n->len, err);
}

static int
word_debs(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	return recipe_load_lock(l->args.v[1], &k->lock, err);
}

static int
word_packages(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	size_t from = k->lock.ndebs;

	if (recipe_load_lock(l->args.v[1], &k->lock, err) < 0)
		return -1;
	for (size_t i = from; i < k->lock.ndebs; i++)
		if (dpkg_add(&k->dpkg, &k->tree, k->debs, &k->lock.debs[i], err) < 0)
			return -1;
	dpkg_write(&k->dpkg, &k->tree);
	return 0;
}

static int
word_base(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	bool held = k->made != NULL && str_eq(k->made, l->args.v[1]);

	if (!held && kitchen_make(k, l->args.v[1], err) < 0)
		return -1;
	k->tree.layer++;
	return 0;
}

static int
word_env(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	cleanup_free char *name = xstrndup(l->rest, strcspn(l->rest, "="));
	cleanup_free char *made_by = xasprintf("ENV %s", l->rest);
	const char *value = strchr(l->rest, '=');

	if (value == NULL)
		return err_set(err, ERR_INPUT, "not NAME=VALUE: %s", l->rest);
	vec_env_set(&k->config.env, name, value + 1);
	image_config_add_history(
	    &k->config, TREE_EPOCH * NS_PER_S, made_by, "drydock setup", true);
	return 0;
}

static int
word_label(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	cleanup_free char *name = xstrndup(l->rest, strcspn(l->rest, "="));
	const char *value = strchr(l->rest, '=');

	if (value == NULL)
		return err_set(err, ERR_INPUT, "not NAME=VALUE: %s", l->rest);
	vec_env_set(&k->config.labels, name, value + 1);
	return 0;
}

static int
word_cmd(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	cleanup_buf struct buf made_by = BUF_INIT(BUF_OURS);

	(void)err;
	vec_done(&k->config.cmd);
	buf_adds(&made_by, "CMD [");
	for (size_t i = 1; i < l->args.len; i++) {
		vec_add(&k->config.cmd, l->args.v[i]);
		buf_addf(&made_by, "%s\"%s\"", i > 1 ? " " : "", l->args.v[i]);
	}
	buf_adds(&made_by, "]");
	image_config_add_history(
	    &k->config, TREE_EPOCH * NS_PER_S, made_by.s, "drydock setup", true);
	return 0;
}

static int
word_history(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	(void)err;
	image_config_add_history(
	    &k->config, TREE_EPOCH * NS_PER_S, l->rest, "drydock setup", false);
	return 0;
}

static int
word_known(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	(void)k;
	(void)l;
	(void)err;
	return 0; /* image and id: whoever asks reads them with recipe_get */
}

static int word_include(
    struct kitchen *k, const struct recipe_line *line, struct err *err);

static const struct {
	const char *word;
	size_t args; /* at least, the word not counted */
	int (*fn)(struct kitchen *k, const struct recipe_line *line, struct err *err);
} words[] = {
    {"image", 1, word_known},
    {"id", 1, word_known},
    {"base", 1, word_base},
    {"include", 1, word_include},
    {"merged-usr", 0, word_merged_usr},
    {"env", 1, word_env},
    {"cmd", 1, word_cmd},
    {"label", 1, word_label},
    {"history", 1, word_history},
    {"debs", 1, word_debs},
    {"packages", 1, word_packages},
    {"dir", 1, word_dir},
    {"link", 2, word_link},
    {"file", 1, word_file},
    {"copy", 2, word_copy},
    {"asset", 2, word_asset},
    {"accounts", 0, word_accounts},
    {"certificates", 0, word_certificates},
    {"unpack", 1, word_unpack},
    {"wheel", 3, word_wheel},
    {"patch", 1, word_patch},
    {"record", 1, word_record},
    {"links", 2, word_links},
    {"hello", 2, word_hello},
};

static int
do_line(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq(words[i].word, l->args.v[0]))
			continue;
		if (l->args.len <= words[i].args)
			return err_set(err, ERR_INPUT, "too few arguments");
		return words[i].fn(k, l, err);
	}
	return err_set(err, ERR_INPUT, "unknown word");
}

static int
do_lines(struct kitchen *k, const char *name, struct err *err)
{
	cleanup_recipe struct recipe r = RECIPE_INIT;

	if (recipe_load(name, &r, err) < 0)
		return -1;
	for (size_t i = 0; i < r.nlines; i++)
		if (do_line(k, &r.lines[i], err) < 0)
			return err_while(err, "recipe %s line %zu (%s)", name,
			    r.lines[i].number, r.lines[i].args.v[0]);
	return 0;
}

static int
word_include(struct kitchen *k, const struct recipe_line *l, struct err *err)
{
	return do_lines(k, l->args.v[1], err);
}

int
kitchen_make(struct kitchen *k, const char *name, struct err *err)
{
	if (do_lines(k, name, err) < 0)
		return -1;
	free(k->made);
	k->made = xstrdup(name);
	return 0;
}
