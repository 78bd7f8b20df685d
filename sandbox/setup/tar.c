/*
 * tar.c - a layer of a tree as a tar, by the store's rules (sandbox/store/tar.h)
 */
#include "sandbox/setup/tree.h"
#include "sandbox/store/store.h"

struct writing {
	struct tar_out *out;
	unsigned layer;
	struct err *err;
	int failed;
};

static int
put_content(struct tar_out *out, const struct node *file, struct err *err)
{
	if (tar_put(out, file->data, file->len, err) < 0)
		return -1;
	return tar_put_padding(out, (int64_t)file->len, err);
}

/* The first name of a file in the order has its content, the others are links to it. */
static void
put_node(struct node *n, void *arg)
{
	static const char types[] = {
	    [NODE_FILE] = '0', [NODE_DIR] = '5', [NODE_LINK] = '2'};
	struct writing *w = arg;
	struct node *file = n->same != NULL ? n->same : n;
	bool again = n->type == NODE_FILE && file->written != NULL;
	cleanup_free char *path = NULL;
	struct tar_entry e = {.type = again ? '1' : types[n->type],
	    .mode = file->mode,
	    .uid = file->uid,
	    .gid = file->gid,
	    .mtime = file->mtime,
	    .link = again ? file->written + 1 : n->target};

	if (w->failed || n->layer != w->layer || str_eq(n->path, "/"))
		return;
	e.path = path = xasprintf("%s%s", n->path + 1, n->type == NODE_DIR ? "/" : "");
	e.size = e.type == '0' ? (int64_t)file->len : 0;
	w->failed = tar_put_entry(w->out, &e, w->err);
	if (w->failed == 0 && e.type == '0') {
		file->written = n->path;
		w->failed = put_content(w->out, file, w->err);
	}
}

/* Names that an earlier tar gave are forgotten; paths are collected. */
static void
begin_node(struct node *n, void *arg)
{
	n->written = NULL;
	vec_add(arg, n->path);
}

/* Folders above what the layer has are part of it. */
static void
take_folders_above(const struct tree *t, unsigned layer)
{
	cleanup_vec struct vec paths = VEC_INIT;

	tree_each(t, begin_node, &paths);
	for (size_t i = 0; i < paths.len; i++) {
		char *path = paths.v[i], *slash;

		if (tree_find(t, path)->layer != layer)
			continue;
		while ((slash = strrchr(path, '/')) != NULL && slash != path) {
			*slash = '\0';
			tree_find(t, path)->layer = layer;
		}
	}
}

int
tree_write_tar(
    const struct tree *t, unsigned layer, int fd, char hex[65], struct err *err)
{
	struct writing w = {.layer = layer, .err = err, .out = tar_out_new(fd)};

	take_folders_above(t, layer);
	tree_each(t, put_node, &w);
	if (w.failed) {
		tar_out_free(w.out);
		return -1;
	}
	return tar_out_end(w.out, hex, err);
}
