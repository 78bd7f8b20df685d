/*
 * links.h - which inodes with several names have been met
 */
#ifndef DRYDOCK_STORE_LINKS_H
#define DRYDOCK_STORE_LINKS_H

#include <sys/stat.h>

struct links;

/* Gives; links_free(). */
struct links *links_new(void);
void links_free(struct links *l);
/* The first path of this inode (borrowed), or NULL when path is the first. */
const char *links_add(struct links *l, const struct stat *st, const char *path);

#endif
