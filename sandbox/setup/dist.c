/*
 * dist.c - wheels as installed files of an image, as `pip install` leaves them
 */
#include "sandbox/setup/deb.h"
#include "sandbox/setup/wheel.h"
#include "sandbox/setup/words.h"
#include <stdlib.h>
#include <unistd.h>

/* One wheel on its way from its package to site-packages. */
struct installing {
	struct tree *tree;
	const char *wheel; /* beginning of the wheel's file name */
	const char *site;  /* the folder */
	char *zip;
	size_t zip_len;
	char *info;       /* "pip-23.0.1.dist-info" */
	struct buf names; /* RECORD with names only */
};

static int
on_package_file(void *arg, struct deb_entry *e, struct err *err)
{
	struct installing *in = arg;
	const char *name = path_base(e->path);

	(void)err;
	if (e->type != DEB_FILE || in->zip != NULL || !str_starts(name, in->wheel) ||
	    !str_ends(name, ".whl"))
		return 0;
	in->zip_len = e->len;
	in->zip = take_ptr(e->data);
	return 0;
}

static int
on_member(void *arg, struct deb_entry *e, struct err *err)
{
	struct installing *in = arg;
	const char *name = e->path + 1, *dot = strstr(name, ".dist-info/");
	cleanup_free char *path = path_join(in->site, name);

	(void)err;
	if (e->type != DEB_FILE)
		return 0;
	if (dot != NULL && in->info == NULL)
		in->info = xstrndup(name, (size_t)(dot - name) + strlen(".dist-info"));
	if (dot != NULL && str_ends(name, "/RECORD"))
		return 0;
	tree_file_take(in->tree, path, take_ptr(e->data), e->len);
	buf_addf(&in->names, "%s,,\n", name);
	return 0;
}

/* "COMMAND MODULE:FUNCTION" lines become programs in bin. */
static int
put_scripts(struct installing *in, const struct vec *body, struct err *err)
{
	for (size_t i = 0; i < body->len; i++) {
		cleanup_vec struct vec w = VEC_INIT;
		cleanup_free char *path = NULL, *text = NULL;

		vec_split(&w, body->v[i], " :");
		if (w.len != 3)
			return err_set(err, ERR_INPUT, "not COMMAND MODULE:FUNCTION");
		path = xasprintf("/usr/local/bin/%s", w.v[0]);
		text = xasprintf("#!/usr/local/bin/python3.9\nimport sys\n\n"
				 "from %s import %s\n\nsys.exit(%s())\n",
		    w.v[1], w.v[2], w.v[2]);
		tree_text(in->tree, path, text)->mode = 0755;
		buf_addf(&in->names, "../../../bin/%s,,\n", w.v[0]);
	}
	return 0;
}

static int
remake_record(struct tree *tree, const char *path, struct err *err)
{
	const struct node *old = tree_find(tree, path);
	cleanup_free char *info = path_dir(path), *site = path_dir(info), *text = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_vec struct vec lines = VEC_INIT;

	if (old == NULL || old->data == NULL)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", path);
	text = xstrndup(old->data, old->len);
	vec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		cleanup_free char *file = NULL;
		const struct node *n;

		lines.v[i][strcspn(lines.v[i], ",")] = '\0';
		file = path_join(site, lines.v[i]);
		n = tree_find(tree, file);
		if (str_eq(file, path))
			buf_addf(&out, "%s,,\n", lines.v[i]);
		else if (n == NULL)
			return err_set(err, ERR_CORRUPT, "%s is missing", file);
		else
			record_add(&out, lines.v[i], n->data, n->len);
	}
	tree_file(tree, path, out.s, out.len);
	return 0;
}

int
word_record(struct kitchen *k, const struct recipe_line *line, struct err *err)
{
	return remake_record(&k->tree, line->args.v[1], err);
}

static int
install(struct installing *in, const struct recipe_line *line, struct err *err)
{
	cleanup_free char *installer = NULL, *record = NULL;

	if (in->zip == NULL)
		return err_set(
		    err, ERR_NOT_FOUND, "the package has no wheel %s", in->wheel);
	if (zip_read(in->zip, in->zip_len, &(struct deb_visit){on_member, in}, err) < 0)
		return err_while(err, "unpacking the wheel %s", in->wheel);
	if (in->info == NULL)
		return err_set(err, ERR_CORRUPT, "%s has no dist-info", in->wheel);
	if (put_scripts(in, &line->body, err) < 0)
		return -1;
	installer = xasprintf("%s/%s/INSTALLER", in->site, in->info);
	record = xasprintf("%s/%s/RECORD", in->site, in->info);
	tree_text(in->tree, installer, "pip\n");
	buf_addf(&in->names, "%s/INSTALLER,,\n%s/RECORD,,\n", in->info, in->info);
	tree_file(in->tree, record, in->names.s, in->names.len);
	return remake_record(in->tree, record, err);
}

int
word_wheel(struct kitchen *k, const struct recipe_line *line, struct err *err)
{
	const struct lock_deb *deb = lock_find(&k->lock, line->args.v[1]);
	struct installing in = {.tree = &k->tree,
	    .wheel = line->args.v[2],
	    .site = line->args.v[3],
	    .names = BUF_INIT(BUF_OURS)};
	cleanup_fd int fd = deb != NULL ? dpkg_open(k->debs, deb, err) : -1;
	int r;

	if (deb == NULL)
		return err_set(err, ERR_NOT_FOUND, "%s is in no lock", line->args.v[1]);
	if (fd < 0)
		return -1;
	r = deb_read(fd, "data", &(struct deb_visit){on_package_file, &in}, err);
	if (r == 0)
		r = install(&in, line, err);
	free(in.zip);
	free(in.info);
	buf_done(&in.names);
	return r;
}
