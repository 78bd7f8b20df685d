/*
 * recipe.h - recipes: text that says what an image is made of
 *
 * A line is a word and its arguments; lines below it that begin with a tab are its
 * body.  # starts a comment line.  The words (recipe_words in words.c):
 *
 *     image REFERENCE            what the result is called
 *     id HEX                     the image id that must come out
 *     base RECIPE                start with the layers of that recipe
 *     include RECIPE             do its lines here, in the same layer
 *     merged-usr                 /bin, /sbin, /lib and /lib64 are links into /usr
 *     env K=V / cmd ARG... / label K=V / history TEXT    the image's config
 *     debs LOCK                  packages whose parts later lines pick by name
 *     packages LOCK              install them all, with dpkg's database
 *     dir PATH [MODE [UID [GID]]]
 *     link PATH TARGET
 *     file PATH [MODE [UID [GID]]]   body: the text
 *     copy PATH FROM             a file of the tree again
 *     asset PATH NAME            a file that comes with Drydock
 *     accounts                   /etc/passwd and its like from base-passwd's masters
 *     certificates               the list and bundle of ca-certificates
 *     unpack DEB                 body: FROM TO; files below FROM go below TO ("-": not)
 *     wheel DEB WHEEL SITE       body: COMMAND MODULE:FUNCTION
 *     patch PATH                 body: -old and +new lines; every old must be there
 *     record PATH                a wheel's RECORD made anew, after patches
 *     links TARGET FOLDER        body: names that become links to TARGET
 *     hello PATH ASSET           the program that prints the asset
 *
 * The first half is pure.
 */
#ifndef DRYDOCK_SETUP_RECIPE_H
#define DRYDOCK_SETUP_RECIPE_H

#include "sandbox/image/image.h"
#include "sandbox/setup/dpkg.h"
#include "sandbox/setup/lock.h"
#include "sandbox/setup/tree.h"

struct recipe_line {
	struct vec args; /* args.v[0] is the word */
	char *rest;      /* all after the word, as it stands */
	struct vec body; /* without the tab */
	size_t number;
};

struct recipe {
	struct recipe_line *lines;
	size_t nlines;
};

#define RECIPE_INIT \
	{ \
		.lines = NULL \
	}
#define cleanup_recipe __attribute__((cleanup(recipe_done)))
void recipe_done(struct recipe *r);
/* ERR_INPUT for a body without a line above it. */
int recipe_parse(const char *text, struct recipe *r, struct err *err);
/* The rest of the first line with this word, NULL when there is none; borrowed. */
const char *recipe_get(const struct recipe *r, const char *word);

/* Replaces the text of each run of "-" lines by that of the "+" lines after it,
 * everywhere in *data (malloc'ed, replaced).  A text needs not be whole lines of the
 * file. ERR_CORRUPT when an old text is not there. */
int recipe_patch(const struct vec *body, char **data, size_t *len, struct err *err);

/* ---- making ---- */

struct kitchen {
	struct tree tree;
	struct dpkg dpkg;
	struct lock lock; /* of all locks named so far */
	int debs;         /* folder of packages, borrowed */
	char *made;       /* the recipe whose result this is; NULL: none yet */
	struct image_config config;
};

#define KITCHEN_INIT(folder) \
	{ \
		.tree = TREE_INIT, .dpkg = DPKG_INIT, .lock = LOCK_INIT, \
		.debs = (folder), .config = IMAGE_CONFIG_INIT \
	}
#define cleanup_kitchen __attribute__((cleanup(kitchen_done)))
void kitchen_done(struct kitchen *k);
/* Does what the recipe says; each recipe (with its bases) makes one layer of k->tree, the
 * last one is k->tree.layer.  A base that k holds already is not made again. */
int kitchen_make(struct kitchen *k, const char *name, struct err *err);

/* The locks that a recipe and its bases need, added to *lock. */
int recipe_locks(const char *name, struct lock *lock, struct err *err);
/* Reads the recipe asset of that name. */
int recipe_load(const char *name, struct recipe *r, struct err *err);
/* Adds the asset "locks/NAME" to *lock. */
int recipe_load_lock(const char *name, struct lock *lock, struct err *err);

#endif
