/*
 * tree.c - the nodes; tar.c writes them out
 */
#include "sandbox/setup/tree.h"
#include <search.h>
#include <stdlib.h>

int
tree_compare(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (*a == '\0' || *b == '\0')
		return *a == '\0' ? -1 : 1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a - (unsigned char)*b;
}

static int
compare_nodes(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return tree_compare(x->path, y->path);
}

static void
node_free(void *p)
{
	struct node *n = p;

	free(n->path);
	free(n->target);
	free(n->data);
	free(n);
}

void
tree_done(struct tree *t)
{
	tdestroy(t->root, node_free);
	t->root = NULL;
}

struct node *
tree_find(const struct tree *t, const char *path)
{
	struct node key = {.path = (char *)(uintptr_t)path};
	struct node **found = tfind(&key, &t->root, compare_nodes);

	return found != NULL ? *found : NULL;
}

/* The node of that path, emptied if it was there, below folders that exist. */
static struct node *
place(struct tree *t, const char *path, enum node_type type, mode_t mode)
{
	struct node *n = tree_find(t, path);

	if (n == NULL) {
		n = xcalloc(1, sizeof *n);
		n->path = xstrdup(path);
		if (tsearch(n, &t->root, compare_nodes) == NULL)
			abort();
		if (!str_eq(path, "/")) {
			cleanup_free char *above = path_dir(path);

			tree_dir(t, above);
		}
	}
	free(n->target);
	free(n->data);
	n->target = n->data = NULL;
	n->len = 0;
	n->same = NULL;
	n->type = type;
	n->mode = mode;
	n->uid = 0;
	n->gid = 0;
	n->mtime = TREE_EPOCH;
	n->layer = t->layer;
	return n;
}

struct node *
tree_file_take(struct tree *t, const char *path, char *data, size_t len)
{
	struct node *n = place(t, path, NODE_FILE, 0644);

	n->data = data;
	n->len = len;
	return n;
}

struct node *
tree_file(struct tree *t, const char *path, const void *data, size_t len)
{
	char *copy = NULL;

	if (len > 0) {
		copy = xmalloc(len);
		memcpy(copy, data, len);
	}
	return tree_file_take(t, path, copy, len);
}

struct node *
tree_text(struct tree *t, const char *path, const char *text)
{
	return tree_file(t, path, text, strlen(text));
}

struct node *
tree_link(struct tree *t, const char *path, const char *target)
{
	struct node *n = place(t, path, NODE_LINK, 0777);

	n->target = xstrdup(target);
	return n;
}

struct node *
tree_hard(struct tree *t, const char *path, const char *to)
{
	struct node *target = tree_find(t, to), *n;

	if (target != NULL && target->same != NULL)
		target = target->same;
	if (target == NULL || target->type != NODE_FILE || str_eq(target->path, path))
		return NULL;
	n = place(t, path, NODE_FILE, 0644);
	n->same = target;
	return n;
}

struct node *
tree_dir(struct tree *t, const char *path)
{
	struct node *n = tree_find(t, path);

	if (n != NULL && n->type == NODE_DIR)
		return n;
	return place(t, path, NODE_DIR, 0755);
}

struct walk {
	void (*fn)(struct node *n, void *arg);
	void *arg;
};

static void
visit(const void *at, VISIT which, void *closure)
{
	const struct walk *w = closure;

	if (which == postorder || which == leaf)
		w->fn(*(struct node *const *)at, w->arg);
}

void
tree_each(const struct tree *t, void (*fn)(struct node *n, void *arg), void *arg)
{
	struct walk w = {fn, arg};

	twalk_r(t->root, visit, &w);
}
