/*
 * tree.h - a file system in memory, on its way to becoming a layer
 *
 * Paths are absolute and clean ("/" is the root).  The order is that of a walk
 * which visits each folder's names in byte order.  Knows no packages.
 */
#ifndef DRYDOCK_SETUP_TREE_H
#define DRYDOCK_SETUP_TREE_H

#include "sandbox/base/base.h"

/* 2026-01-01T00:00:00Z: the time of everything made by hand, and the newest that any
 * file may have, so that a layer says nothing of when it was made. */
enum { TREE_EPOCH = 1767225600 };

enum node_type { NODE_FILE, NODE_DIR, NODE_LINK };

struct node {
	char *path;
	enum node_type type;
	mode_t mode; /* permission bits with setuid, setgid, sticky */
	uid_t uid;
	gid_t gid;
	int64_t mtime;       /* seconds */
	char *target;        /* NODE_LINK */
	char *data;          /* NODE_FILE; NULL when empty */
	size_t len;          /* of data */
	struct node *same;   /* a hard link to that file, else NULL */
	unsigned layer;      /* the tree's layer when it was last written */
	const char *written; /* while a tar is being written: the name it got there */
};

struct tree {
	void *root;     /* of tsearch(3) */
	unsigned layer; /* number of the layer being made, from 0 */
};

#define TREE_INIT \
	{ \
		.root = NULL \
	}
#define cleanup_tree __attribute__((cleanup(tree_done)))
void tree_done(struct tree *t);

/* NULL when there is none. */
struct node *tree_find(const struct tree *t, const char *path);
/* Each makes the node and missing folders above it, or turns the present one into it;
 * owner 0:0, the epoch, mode 0644 / 0755 / 0777.  The node is borrowed, to be adjusted.
 */
struct node *tree_file(struct tree *t, const char *path, const void *data, size_t len);
/* As tree_file, but takes data. */
struct node *tree_file_take(struct tree *t, const char *path, char *data, size_t len);
struct node *tree_text(struct tree *t, const char *path, const char *text);
struct node *tree_link(struct tree *t, const char *path, const char *target);
/* NULL when `to` is not a file. */
struct node *tree_hard(struct tree *t, const char *path, const char *to);
/* A folder that is there stays as it is. */
struct node *tree_dir(struct tree *t, const char *path);
/* fn for every node in order. */
void tree_each(const struct tree *t, void (*fn)(struct node *n, void *arg), void *arg);
/* Byte order of a walk: '/' sorts before all else. */
int tree_compare(const char *a, const char *b);

/* Writes layer number `layer` (its nodes and the folders above them) as a tar to fd
 * (-1: nowhere), its digest into hex. */
int tree_write_tar(
    const struct tree *t, unsigned layer, int fd, char hex[65], struct err *err);

#endif
